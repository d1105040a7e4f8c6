/* worker_repo.c: the requests about the site's git work tree. */
#include "prog/worker.h"
#include "repo/repo.h"
#include "script/sandbox.h"

#include <string.h>

static void
add_change(const char *file, const char *change, void *arg)
{
    struct ir_json *list = arg, *j = ir_json_new_obj();

    ir_json_set_str(j, "file", file);
    ir_json_set_str(j, "change", change);
    ir_json_add_take(list, j);
}

static int
status(const char *site, struct ir_json *out, struct ir_err *err)
{
    struct ir_repo_state st;
    int rc = ir_repo_status(site, &st, err);

    if (rc != IR_OK)
        return rc;
    ir_json_set_bool(out, "repo", st.repo);
    ir_json_set_bool(out, "dirty", st.dirty);
    ir_json_set_str(out, "commit", st.commit);
    ir_json_set_str(out, "state", st.state);
    return IR_OK;
}

static int
serve(const char *what, const struct ir_json *req, struct ir_json *out,
      struct ir_err *err)
{
    const char *site = ir_json_get_str(req, "site", "");
    const char *name = ir_json_get_str(req, "name", "");
    const char *mail = ir_json_get_str(req, "mail", "");
    const char *message = ir_json_get_str(req, "message", "");
    char commit[65] = "";
    int rc;

    if (strcmp(what, "repo-status") == 0)
        return status(site, out, err);
    if (strcmp(what, "repo-diff") == 0)
        return ir_repo_diff(
            site, ir_json_get_str(req, "from", NULL), add_change,
            ir_json_set_take(out, "files", ir_json_new_arr()), err);
    if (strcmp(what, "repo-init") == 0)
        rc = ir_repo_init(site, name, mail, commit, err);
    else if (strcmp(what, "repo-commit") == 0)
        rc = ir_repo_commit(site, name, mail,
                            message[0] != '\0' ? message : "-", commit, err);
    else
        rc = ir_fail(err, IR_EUSAGE, "no such request: \"%.40s\"", what);
    ir_json_set_str(out, "commit", commit);
    return rc;
}

int
ir_worker_do_repo(const char *what, const struct ir_json *req,
                  struct ir_err *err)
{
    struct ir_json *out = ir_json_new_obj();
    int rc = ir_sandbox_enter_dir(ir_json_get_str(req, "site", ""), err);

    if (rc == IR_OK) {
        rc = ir_repo_open(err);
        if (rc == IR_OK)
            rc = serve(what, req, out, err);
        ir_repo_close();
    }
    if (rc == IR_OK)
        ir_worker_say_take(out);
    else
        ir_json_free(out);
    return rc;
}
