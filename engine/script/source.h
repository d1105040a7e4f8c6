/* source.h: the text of every Lua file of a site, read before anything is
 * evaluated.
 *
 * A site is one directory with .lua files in it and in directories of one
 * level below. Nothing outside is opened: no links, no `..`, regular files
 * only. A file that cannot be used is kept with the reason.
 */
#ifndef IR_SCRIPT_SOURCE_H
#define IR_SCRIPT_SOURCE_H

#include "base/err.h"
#include "script/lexer.h"

#include <stdbool.h>
#include <stddef.h>

#define IR_SOURCE_FILES_MAX 500
#define IR_SOURCE_BYTES_MAX (256 * 1024) /* of one file */
/* of one that lists people (ir_source_lists_people) */
#define IR_SOURCE_PEOPLE_BYTES_MAX (8 * 1024 * 1024)

struct ir_source_file {
    char *path; /* "flight-information/ransomware.lua" */
    char *text; /* NULL when refused */
    size_t len;
    char *refused; /* why it is not used, or NULL */
    int refused_line;
    bool lexed_done; /* `lexed` was tried */
    struct ir_lexed lexed;
};

struct ir_source {
    struct ir_source_file *files; /* by path, ascending */
    size_t n, cap;
};

/* Where in this text stands a character that is not seen but changes how the
 * rest is (base/utf8.h, ir_utf8_harmful, but for newline and tab)? Its offset,
 * or -1. Bytes that are no UTF-8 are passed over.
 *
 * Errors: none.
 */
long ir_source_hidden(const char *s, size_t len);

/* Is it contacts.lua or what `ir contacts import` writes? It may be as large as
 * a list of 20,000 people is, and its evaluation takes as much as that does.
 *
 * Errors: none.
 */
bool ir_source_lists_people(const char *path);

/* Read every .lua file beneath the directory `dir`.
 *
 * Owns:   `out` is the caller's, ir_source_done; empty after a failure.
 * Errors: IR_ENOTFOUND or IR_EREFUSED for `dir` itself, IR_ELIMIT too many
 *         files, IR_EIO. A single file's trouble is its `refused`.
 */
int ir_source_read(const char *dir, struct ir_source *out, struct ir_err *err);

/* Read what stands in channel/ beneath the directory `dir`, too, as
 * "plugins/channel/NAME.lua"; other files there are refused. No such directory
 * is fine.
 *
 * Owns:   added to `src`, sorted.
 * Errors: as above.
 */
int ir_source_read_plugins(const char *dir, struct ir_source *src,
                           struct ir_err *err);

/* Add one file from memory, checked in the same way (bytes, size, UTF-8).
 *
 * Owns:   keeps copies; `src` must be sorted with ir_source_sort afterwards.
 */
void ir_source_add(struct ir_source *src, const char *path, const char *text,
                   size_t len);

/* Note a file that cannot be used, with the reason; nothing happens when
 * `path` is there already. Sort afterwards.
 *
 * Owns:   keeps copies.
 */
void ir_source_add_refused(struct ir_source *src, const char *path,
                           const char *why);

/* Use the file `path` no more, with the reason and a line or 0; nothing
 * happens when there is none.
 *
 * Owns:   keeps copies.
 */
void ir_source_refuse(struct ir_source *src, const char *path, int line,
                      const char *why);

/* Put the files in order of path.
 *
 * Owns:   nothing.
 */
void ir_source_sort(struct ir_source *src);

/* Index of the file with this path, or -1.
 *
 * Errors: none.
 */
int ir_source_find(const struct ir_source *src, const char *path);

/* Free all of it.
 *
 * Owns:   nothing afterwards.
 */
void ir_source_done(struct ir_source *src);

#endif
