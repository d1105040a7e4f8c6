/* repo.h: the git work tree of a site, through libgit2; nobody else includes
 * it. Local only: no remote is ever contacted from here, no hook is run, and
 * no configuration is read but the repository's own.
 *
 * A directory is a repository when it is the top of a work tree itself; one
 * further up does not count.
 */
#ifndef IR_REPO_REPO_H
#define IR_REPO_REPO_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define IR_REPO_CHANGES_MAX 2000 /* files of one diff */

struct ir_repo_state {
    bool repo;         /* false: no git here */
    bool dirty;        /* something is changed, new or gone */
    char commit[65];   /* hex; "" when there is none yet */
    const char *state; /* "none", "merge", "rebase", "revert",
                          "cherry-pick", "bisect", "am" */
};

/* Called once per changed file: "added", "changed", "deleted", "conflict". */
typedef void ir_repo_change(const char *file, const char *change, void *arg);

/* Load and unload libgit2 (11 ms); every call below stands between the two.
 *
 * Errors: IR_EIO.
 */
int ir_repo_open(struct ir_err *err);
void ir_repo_close(void);

/* How things stand in `dir`.
 *
 * Errors: IR_EREFUSED the repository belongs to somebody else, IR_EIO.
 */
int ir_repo_status(const char *dir, struct ir_repo_state *out,
                   struct ir_err *err);

/* Make `dir` a repository (branch "main") and commit everything in it; a
 * repository that has commits stays as it is.
 *
 * Errors: IR_EREFUSED, IR_EIO.
 */
int ir_repo_init(const char *dir, const char *name, const char *mail,
                 char commit[65], struct ir_err *err);

/* Commit everything that is changed, new or gone (but for what .gitignore
 * names). Nothing to commit: the present commit.
 *
 * Errors: IR_EREFUSED in the middle of a merge or the like, or with conflicts;
 *         IR_ENOTFOUND no repository; IR_EIO.
 */
int ir_repo_commit(const char *dir, const char *name, const char *mail,
                   const char *message, char commit[65], struct ir_err *err);

/* The files that differ between commit `from` (hex; NULL: HEAD) and the work
 * tree.
 *
 * Owns:   what `fn` is given is borrowed for the call.
 * Errors: IR_ENOTFOUND no repository or commit, IR_ELIMIT, IR_EIO.
 */
int ir_repo_diff(const char *dir, const char *from, ir_repo_change *fn,
                 void *arg, struct ir_err *err);

#endif
