/* path.h: files under a directory fd, names from others included.
 *
 * openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)
 * everywhere: "../", absolute names and links never leave the directory.
 * Messages name `rel` made harmless. A full disk is IR_EIO with a hint.
 */
#ifndef IR_BASE_PATH_H
#define IR_BASE_PATH_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Open `rel` beneath `dirfd`.
 *
 * Owns:   *fd is the caller's, close(). O_CLOEXEC is added.
 * Errors: IR_ENOTFOUND, IR_EEXIST (O_EXCL), IR_EREFUSED (leaves the directory,
 *         is or passes a link), IR_EIO.
 * Source: openat2(2).
 */
int ir_path_open(int dirfd, const char *rel, int flags, mode_t mode, int *fd,
                 struct ir_err *err);

/* Read a whole regular file of at most `max` bytes beneath `dirfd`.
 *
 * Owns:   appends to `out`, nothing on error.
 * Errors: as ir_path_open, IR_EREFUSED no regular file, IR_ELIMIT.
 * Blocks: on the disk only, never on a FIFO or device.
 */
int ir_path_read(int dirfd, const char *rel, size_t max, struct ir_buf *out,
                 struct ir_err *err);

/* Write a file beneath `dirfd` so that after a power cut it is there whole or
 * not at all: temporary name O_EXCL, write, fsync, rename, fsync directory.
 * The directory must be there. `mode` holds whatever umask says. A kill may
 * leave ".tmp-" and 16 hex digits behind.
 *
 * Errors: IR_EEXIST when it exists and !replace, or is a directory;
 *         IR_ENOTFOUND no such directory, IR_EREFUSED, IR_EIO. What was there
 *         before stays untouched, except when only the last fsync fails.
 */
int ir_path_write(int dirfd, const char *rel, const void *p, size_t n,
                  mode_t mode, bool replace, struct ir_err *err);

/* Make directory `rel` (and the ones above it) beneath `dirfd`, mode 0700;
 * already there is fine.
 *
 * Errors: IR_EREFUSED, IR_EEXIST a file stands there, IR_EIO.
 */
int ir_path_mkdir(int dirfd, const char *rel, struct ir_err *err);

/* Read a plain file that somebody names: `path` may lead anywhere. Stops when
 * more than `most` bytes are there, which the caller sees by their number.
 *
 * Errors: IR_ENOTFOUND, IR_EREFUSED no plain file (never waited for), IR_EIO.
 */
int ir_path_read_named(const char *path, size_t most, struct ir_buf *b,
                       struct ir_err *err);

/* Copy a directory tree of regular files and directories (anything else is
 * refused) from `src` (absolute) to beneath `dirfd`/`rel`. At most `files_max`
 * files of at most `bytes_max` bytes each, directories 16 deep. The copy is
 * there whole or not at all; modes become 0700 (directories, and files their
 * owner may execute) and 0600.
 *
 * Errors: IR_EEXIST when `rel` exists, IR_ENOTFOUND no `src`, IR_ELIMIT,
 *         IR_EREFUSED, IR_EIO.
 */
int ir_path_copy_tree(const char *src, int dirfd, const char *rel,
                      size_t files_max, size_t bytes_max, struct ir_err *err);

/* Remove a directory tree that is ours (absolute or relative to the working
 * directory); links are removed, not followed. Not there is fine.
 *
 * Errors: IR_EIO.
 */
int ir_path_remove_tree(const char *path, struct ir_err *err);

/* The directory of the running program (from /proc/self/exe).
 *
 * Owns:   the caller frees with free(); NULL when the kernel does not tell.
 */
char *ir_path_self_dir(void);

#endif
