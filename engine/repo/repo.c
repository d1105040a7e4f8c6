/* repo.c: see repo.h. */
#include "repo/repo.h"

#include "base/i18n.h"

#include <git2.h>
#include <stdio.h>
#include <string.h>

#define PACK_OBJECTS_MAX 200000

/* What libgit2 says, as our failure. */
static int
git_fail(int grc, struct ir_err *err)
{
    const git_error *e = git_error_last();
    int rc = IR_EIO;

    if (grc == GIT_EOWNER)
        rc = IR_EREFUSED;
    else if (grc == GIT_ENOTFOUND)
        rc = IR_ENOTFOUND;
    else if (grc == GIT_ELOCKED)
        rc = IR_EBUSY;
    return ir_fail(err, rc, "git: %s",
                   e != NULL && e->message != NULL ? e->message : "?");
}

int
ir_repo_open(struct ir_err *err)
{
    static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA,
                                 GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                                 GIT_CONFIG_LEVEL_GLOBAL};
    size_t i;
    int rc = git_libgit2_init();

    if (rc < 0)
        return git_fail(rc, err);
    for (i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        rc = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
        if (rc < 0)
            return git_fail(rc, err);
    }
    rc = git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
    if (rc == 0)
        rc = git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS,
                              (size_t)PACK_OBJECTS_MAX);
    return rc < 0 ? git_fail(rc, err) : IR_OK;
}

void
ir_repo_close(void)
{
    git_libgit2_shutdown();
}

/* The repository whose top is `dir`; *out NULL when there is none. */
static int
find(const char *dir, git_repository **out, struct ir_err *err)
{
    int rc =
        git_repository_open_ext(out, dir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);

    if (rc == GIT_ENOTFOUND) {
        *out = NULL;
        return IR_OK;
    }
    if (rc < 0)
        return git_fail(rc, err);
    if (git_repository_is_bare(*out)) {
        git_repository_free(*out);
        *out = NULL;
        return ir_fail(err, IR_EREFUSED,
                       _("the repository has no work tree (bare)"));
    }
    return IR_OK;
}

static const char *
state_word(git_repository *repo)
{
    switch (git_repository_state(repo)) {
    case GIT_REPOSITORY_STATE_NONE:
        return "none";
    case GIT_REPOSITORY_STATE_MERGE:
        return "merge";
    case GIT_REPOSITORY_STATE_REVERT:
    case GIT_REPOSITORY_STATE_REVERT_SEQUENCE:
        return "revert";
    case GIT_REPOSITORY_STATE_CHERRYPICK:
    case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE:
        return "cherry-pick";
    case GIT_REPOSITORY_STATE_BISECT:
        return "bisect";
    case GIT_REPOSITORY_STATE_APPLY_MAILBOX:
        return "am";
    default:
        return "rebase";
    }
}

/* The commit HEAD stands at; "" when there is none yet. */
static int
head_commit(git_repository *repo, char commit[65], struct ir_err *err)
{
    git_oid oid;
    int rc = git_reference_name_to_id(&oid, repo, "HEAD");

    commit[0] = '\0';
    if (rc == GIT_ENOTFOUND || rc == GIT_EUNBORNBRANCH)
        return IR_OK;
    if (rc < 0)
        return git_fail(rc, err);
    git_oid_tostr(commit, 65, &oid);
    return IR_OK;
}

int
ir_repo_status(const char *dir, struct ir_repo_state *out, struct ir_err *err)
{
    git_status_options so;
    git_status_list *list = NULL;
    git_repository *repo = NULL;
    int rc, grc;

    memset(out, 0, sizeof *out);
    out->state = "none";
    rc = find(dir, &repo, err);
    if (rc != IR_OK || repo == NULL)
        return rc;
    out->repo = true;
    out->state = state_word(repo);
    rc = head_commit(repo, out->commit, err);
    if (rc == IR_OK) {
        git_status_options_init(&so, GIT_STATUS_OPTIONS_VERSION);
        so.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED;
        grc = git_status_list_new(&list, repo, &so);
        if (grc < 0)
            rc = git_fail(grc, err);
        else
            out->dirty = git_status_list_entrycount(list) > 0;
    }
    git_status_list_free(list);
    git_repository_free(repo);
    return rc;
}

/* Put everything into the index and write its tree. */
static int
stage_all(git_repository *repo, git_oid *tree, struct ir_err *err)
{
    char star[] = "*", *all[] = {star};
    const git_strarray paths = {all, 1};
    git_index *index = NULL;
    int rc = IR_OK, grc = git_repository_index(&index, repo);

    if (grc == 0)
        grc = git_index_read(index, 1);
    if (grc == 0 && git_index_has_conflicts(index)) {
        rc = ir_fail(err, IR_EREFUSED, _("there are unresolved conflicts"));
    } else {
        if (grc == 0)
            grc = git_index_add_all(index, &paths, GIT_INDEX_ADD_DEFAULT, NULL,
                                    NULL);
        if (grc == 0)
            grc = git_index_update_all(index, &paths, NULL, NULL);
        if (grc == 0)
            grc = git_index_write(index);
        if (grc == 0)
            grc = git_index_write_tree(tree, index);
        if (grc < 0)
            rc = git_fail(grc, err);
    }
    git_index_free(index);
    return rc;
}

/* A signature from a name that may hold anything. */
static int
sign(git_signature **sig, const char *name, const char *mail,
     struct ir_err *err)
{
    char clean[100];
    size_t i;
    int grc;

    snprintf(clean, sizeof clean, "%s",
             name != NULL && name[0] != '\0' ? name : "ir");
    for (i = 0; clean[i] != '\0'; i++) {
        if ((unsigned char)clean[i] < 0x20 || clean[i] == '<' ||
            clean[i] == '>')
            clean[i] = '_';
    }
    grc = git_signature_now(
        sig, clean, mail != NULL && mail[0] != '\0' ? mail : "ir@localhost");
    return grc < 0 ? git_fail(grc, err) : IR_OK;
}

static int
commit_tree(git_repository *repo, const git_oid *tree_id, const char *name,
            const char *mail, const char *message, char commit[65],
            struct ir_err *err)
{
    git_signature *sig = NULL;
    git_tree *tree = NULL;
    git_commit *parent = NULL;
    git_oid id, head;
    char now[65];
    int rc = head_commit(repo, now, err), grc = 0;

    if (rc == IR_OK && now[0] != '\0') {
        grc = git_oid_fromstr(&head, now);
        if (grc == 0)
            grc = git_commit_lookup(&parent, repo, &head);
        if (grc == 0 && git_oid_equal(git_commit_tree_id(parent), tree_id)) {
            memcpy(commit, now, sizeof now);
            git_commit_free(parent);
            return IR_OK;
        }
    }
    if (rc == IR_OK && grc == 0)
        rc = sign(&sig, name, mail, err);
    if (rc == IR_OK && grc == 0)
        grc = git_tree_lookup(&tree, repo, tree_id);
    if (rc == IR_OK && grc == 0)
        grc = git_commit_create_v(&id, repo, "HEAD", sig, sig, "UTF-8", message,
                                  tree, parent != NULL ? 1 : 0, parent);
    if (rc == IR_OK && grc < 0)
        rc = git_fail(grc, err);
    if (rc == IR_OK)
        git_oid_tostr(commit, 65, &id);
    git_commit_free(parent);
    git_tree_free(tree);
    git_signature_free(sig);
    return rc;
}

int
ir_repo_init(const char *dir, const char *name, const char *mail,
             char commit[65], struct ir_err *err)
{
    git_repository_init_options io;
    git_repository *repo = NULL;
    git_oid tree;
    int rc = find(dir, &repo, err), grc;

    if (rc == IR_OK && repo == NULL) {
        git_repository_init_options_init(&io,
                                         GIT_REPOSITORY_INIT_OPTIONS_VERSION);
        io.flags = GIT_REPOSITORY_INIT_NO_REINIT;
        io.mode = GIT_REPOSITORY_INIT_SHARED_UMASK;
        io.initial_head = "main";
        grc = git_repository_init_ext(&repo, dir, &io);
        if (grc < 0)
            rc = git_fail(grc, err);
    }
    if (rc == IR_OK)
        rc = head_commit(repo, commit, err);
    if (rc == IR_OK && commit[0] == '\0') {
        rc = stage_all(repo, &tree, err);
        if (rc == IR_OK)
            rc =
                commit_tree(repo, &tree, name, mail, "As shipped", commit, err);
    }
    git_repository_free(repo);
    return rc;
}

/* The repository of `dir`, which must be there and in the middle of nothing.
 */
static int
open_quiet(const char *dir, git_repository **repo, struct ir_err *err)
{
    int rc = find(dir, repo, err);

    if (rc == IR_OK && *repo == NULL)
        rc = ir_fail(err, IR_ENOTFOUND, _("%s is not under git"), dir);
    if (rc == IR_OK && strcmp(state_word(*repo), "none") != 0)
        rc = ir_fail(err, IR_EREFUSED,
                     _("git is in the middle of a %s: finish or abort it "
                       "first"),
                     state_word(*repo));
    return rc;
}

int
ir_repo_commit(const char *dir, const char *name, const char *mail,
               const char *message, char commit[65], struct ir_err *err)
{
    git_repository *repo = NULL;
    git_oid tree;
    int rc = open_quiet(dir, &repo, err);

    if (rc == IR_OK)
        rc = stage_all(repo, &tree, err);
    if (rc == IR_OK)
        rc = commit_tree(repo, &tree, name, mail, message, commit, err);
    git_repository_free(repo);
    return rc;
}

static const char *
change_word(git_delta_t status)
{
    switch (status) {
    case GIT_DELTA_ADDED:
    case GIT_DELTA_UNTRACKED:
    case GIT_DELTA_COPIED:
        return "added";
    case GIT_DELTA_DELETED:
        return "deleted";
    case GIT_DELTA_CONFLICTED:
        return "conflict";
    default:
        return "changed";
    }
}

/* The tree of commit `from`, or of HEAD; NULL when there is no commit. */
static int
tree_of(git_repository *repo, const char *from, git_tree **tree,
        struct ir_err *err)
{
    git_commit *c = NULL;
    char head[65];
    git_oid id;
    int rc, grc;

    if (from == NULL) {
        rc = head_commit(repo, head, err);
        if (rc != IR_OK || head[0] == '\0')
            return rc;
        from = head;
    }
    grc = git_oid_fromstr(&id, from);
    if (grc == 0)
        grc = git_commit_lookup(&c, repo, &id);
    if (grc == 0)
        grc = git_commit_tree(tree, c);
    git_commit_free(c);
    return grc < 0 ? git_fail(grc, err) : IR_OK;
}

int
ir_repo_diff(const char *dir, const char *from, ir_repo_change *fn, void *arg,
             struct ir_err *err)
{
    git_diff_options opts;
    git_repository *repo = NULL;
    git_tree *tree = NULL;
    git_diff *diff = NULL;
    size_t i, n;
    int rc = find(dir, &repo, err), grc;

    if (rc == IR_OK && repo == NULL)
        rc = ir_fail(err, IR_ENOTFOUND, _("%s is not under git"), dir);
    if (rc == IR_OK)
        rc = tree_of(repo, from, &tree, err);
    if (rc == IR_OK) {
        git_diff_options_init(&opts, GIT_DIFF_OPTIONS_VERSION);
        opts.flags =
            GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS;
        grc = git_diff_tree_to_workdir_with_index(&diff, repo, tree, &opts);
        if (grc < 0)
            rc = git_fail(grc, err);
    }
    n = diff != NULL ? git_diff_num_deltas(diff) : 0;
    if (n > IR_REPO_CHANGES_MAX)
        rc = ir_fail(err, IR_ELIMIT, _("more than %d files changed"),
                     IR_REPO_CHANGES_MAX);
    for (i = 0; rc == IR_OK && i < n; i++) {
        const git_diff_delta *d = git_diff_get_delta(diff, i);

        fn(d->new_file.path != NULL ? d->new_file.path : d->old_file.path,
           change_word(d->status), arg);
    }
    git_diff_free(diff);
    git_tree_free(tree);
    git_repository_free(repo);
    return rc;
}
