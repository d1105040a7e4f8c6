/* dir.h: entries carried by hand: a directory, which is a USB stick most of the
 * time, a share, or a folder that something else copies about.
 *
 * DIR/ir/ holds files of random names, written once and never changed: each a
 * sequence of sealed frames, every one behind its length in four bytes. The
 * first frames say who wrote it and which entries and objects the file holds;
 * the others hold them. Nothing readable stands in it, and whoever has not this
 * site's carrier key cannot say more of it than how long it is.
 *
 * This file knows files and frames; what is worth writing and what becomes of
 * what was read is the caller's.
 * Source: docs/format.md section 12, "Files".
 */
#ifndef IR_CARRIER_DIR_H
#define IR_CARRIER_DIR_H

#include "core/frame.h"
#include "core/seal.h"

#define IR_DIR_NAME "ir"
#define IR_DIR_FILE_MAX                                                        \
    ((int64_t)64 * 1024 * 1024)                    /* bytes; longer: not read */
#define IR_DIR_FILE_GOAL ((size_t)4 * 1024 * 1024) /* begin another one */
#define IR_DIR_FILES_MAX 100000                    /* looked at */
#define IR_DIR_STALE_MS                                                        \
    ((int64_t)3600 * 1000) /* a half-written file is left                      \
                            */

/* What a file in DIR/ir turned out to be. */
enum ir_dir_what {
    IR_DIR_GOOD,
    IR_DIR_TORN,    /* begins well; its end is missing or changed */
    IR_DIR_FOREIGN, /* under no key that was given: another site's, or from
                       before a key changed */
    IR_DIR_JUNK,    /* not a file of ir */
    IR_DIR_HUGE,
    IR_DIR_ODD, /* a link, a pipe, a device, a directory */
    IR_DIR_END
};

struct ir_dir;

/* Open `path`, which must be a directory; with `make` its ir/ is made.
 *
 * Owns:   *out is the caller's, ir_dir_close.
 * Errors: IR_ENOTFOUND no such directory, or (without `make`) no ir/ in it;
 *         IR_EREFUSED ir/ is a link, or `path` is or holds a home; IR_EIO.
 */
int ir_dir_open(const char *path, bool make, struct ir_dir **out,
                struct ir_err *err);
void ir_dir_close(struct ir_dir *d);

/* A file of DIR/ir, in the order of their names. */
struct ir_dir_entry {
    char name[64];
    enum ir_dir_what what;  /* after it was read */
    int64_t size, mtime_ms; /* when it was listed, or written */
};

#define IR_DIR_SAMPLE 4096 /* bytes from its beginning, and from its end */

/* A digest of a file's length, its first bytes and its last ones: of all of it,
 * where it is no longer than twice IR_DIR_SAMPLE. For who knows the file.
 *
 * Errors: IR_ENOTFOUND it is not what was listed any more; IR_EIO.
 */
int ir_dir_sample(struct ir_dir *d, const struct ir_dir_entry *e,
                  uint8_t out[IR_HASH_BYTES]);

/* List what may be files of ir; others (`what` is then set) come too, so that
 * they can be counted. Half-written ones of an `ir` at work are left out.
 *
 * Owns:   *v is the caller's, free().
 * Errors: IR_EIO, IR_ELIMIT more than IR_DIR_FILES_MAX.
 */
int ir_dir_list(struct ir_dir *d, struct ir_dir_entry **v, size_t *n,
                struct ir_err *err);

/* Read one file: `fn` gets every frame that opens, in order; it returns IR_OK
 * to go on, IR_ENO to leave the rest alone (the file then counts as good), or
 * an error, which ends it. e->what says how the file ended.
 *
 * Owns:   what fn is given is borrowed for the call.
 * Errors: what fn says; IR_EIO the medium does not work. A file that is not
 *         what it should be is no error.
 */
int ir_dir_read(struct ir_dir *d, struct ir_dir_entry *e,
                const struct ir_epoch_key *keys, size_t keys_n,
                const uint8_t site[32],
                int (*fn)(const uint8_t *p, size_t n, void *arg), void *arg,
                struct ir_err *err);

/* A file that is being put together in memory. */
struct ir_dir_file {
    const struct ir_epoch_key *key;
    const uint8_t *site;
    uint8_t node[IR_NODE_BYTES];
    struct ir_buf ids;     /* of what it holds */
    struct ir_buf frames;  /* sealed */
    struct ir_buf entries; /* of the message that is being filled */
    size_t entries_n;
};

/* Begin one that the device with node key id `node` writes.
 *
 * Owns:   `key` and `site` are borrowed; ir_dir_file_done frees the rest.
 */
void ir_dir_file_init(struct ir_dir_file *f, const struct ir_epoch_key *key,
                      const uint8_t site[32],
                      const uint8_t node[IR_NODE_BYTES]);
void ir_dir_file_done(struct ir_dir_file *f);

/* Add an entry, or a whole object, in pieces.
 *
 * Owns:   copies.
 */
void ir_dir_file_entry(struct ir_dir_file *f, const uint8_t id[32],
                       const void *p, size_t n);
void ir_dir_file_object(struct ir_dir_file *f, const uint8_t digest[32],
                        const void *p, size_t n);

/* How long it would be, in bytes; 0: it holds nothing. */
size_t ir_dir_file_len(const struct ir_dir_file *f);

/* Write it under a name of its own, so that after this it is there whole, or
 * not at all, and empty `f`. What holds nothing is not written: out->name is
 * empty then. `out` may be NULL.
 *
 * Errors: IR_EIO: no space, or the medium is gone; `f` is as it was.
 */
int ir_dir_file_write(struct ir_dir *d, struct ir_dir_file *f,
                      struct ir_dir_entry *out, struct ir_err *err);

#endif
