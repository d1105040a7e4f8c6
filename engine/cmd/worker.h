/* worker.h: starting ir-worker, which runs Lua and git away from the log. */
#ifndef IR_CMD_WORKER_H
#define IR_CMD_WORKER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ir_finding {
    char *file, *field, *message;
    char *check; /* a word for this kind of finding, or NULL */
    int line;
    bool error; /* else a warning */
};

struct ir_compiled_object {
    char *type, *name;
    char *json; /* canonical */
    size_t len;
    uint8_t sha256[32];
};

struct ir_compiled {
    struct ir_finding *findings;
    size_t findings_n;
    struct ir_compiled_object *objects;
    size_t objects_n;
    size_t errors, warnings;
};

/* Evaluate and check the site's files (`site_dir` is absolute, the directory
 * that holds site.lua; plugins/ is looked for beside it); `only` names one
 * runbook, or NULL for all. Findings are no failure: look at out->errors. A
 * file that ends the worker is a finding, too: the others are evaluated without
 * it.
 *
 * Owns:   *out is the caller's, ir_compiled_done.
 * Errors: IR_ENOTFOUND no such directory or no worker; IR_ETIMEOUT and
 *         IR_EIO with the file that was being evaluated.
 * Blocks: at most 20 seconds.
 */
int ir_worker_compile(const char *site_dir, const char *only,
                      struct ir_compiled *out, struct ir_err *err);
void ir_compiled_done(struct ir_compiled *c);

/* Check one plugin's file by itself; `name` is "channel/NAME". Findings are no
 * failure.
 *
 * Owns:   *out is the caller's, ir_compiled_done.
 * Errors: as above.
 * Blocks: at most 20 seconds.
 */
int ir_worker_plugin(const char *name, const char *source,
                     struct ir_compiled *out, struct ir_err *err);

/* The worker's path: IR_WORKER, or next to the running program.
 *
 * Owns:   the caller frees with free().
 */
char *ir_worker_path(void);

/* What git says of the work tree that holds `dir`. */
struct ir_repo_status {
    bool repo;       /* false: no git here */
    bool dirty;      /* something is not committed */
    char commit[65]; /* hex, "" when there is none yet */
    char state[24];  /* "none", "merge", "rebase", ... */
};

/* Errors: IR_EIO, IR_ETIMEOUT. Blocks: at most 20 seconds. */
int ir_worker_repo_status(const char *dir, struct ir_repo_status *out,
                          struct ir_err *err);
/* git init and a first commit of everything; already a repository is fine. */
int ir_worker_repo_init(const char *dir, const char *name, struct ir_err *err);
/* Commit everything that changed.
 *
 * Errors: IR_EREFUSED in the middle of a merge, IR_EIO.
 */
int ir_worker_repo_commit(const char *dir, const char *name,
                          const char *message, struct ir_err *err);

#endif
