/* cmd.h: what a command is, and what every command is given.
 *
 * A command is the only place where store, view and the worker meet. Each
 * stands in its own file cmd_*.c and has one row in cmd.c. It writes data to
 * c->out (standard output when it returns), talk to c->talk (standard error),
 * and returns IR_OK or an IR_E* with c->err filled.
 */
#ifndef IR_CMD_CMD_H
#define IR_CMD_CMD_H

#include "cmd/args.h"
#include "cmd/library.h"
#include "core/incident.h"
#include "store/append.h"
#include "store/store.h"
#include "view/view.h"

#include <stdio.h>

/* A view to be kept: this incident is closed (case.h). */
#define IR_OVER_NAME (5 + 2 * IR_INCIDENT_BYTES + 1)
struct ir_over {
    char name[IR_OVER_NAME];
    int64_t stamp;
};

/* What lists contacts.lua has: objects "contacts" of a release, by these
 * names.
 */
#define IR_CONTACT_LISTS_N 7
extern const char *const ir_contact_lists[IR_CONTACT_LISTS_N];

struct ir_ctx {
    /* global options */
    char *home;
    const char *prog, *home_flag; /* argv[0]; -C as given, or NULL */
    const char *as;               /* --as, or NULL */
    const char *incident;         /* --incident, or NULL */
    bool json, plain, no_input, yes;
    /* opened on demand */
    struct ir_store *st;
    struct ir_log trust_log;
    struct ir_trust trust;
    bool signed_only;   /* ir_ctx_signed: of what decides, leave out what
                           is not signed by whom it names */
    bool signed_all;    /* with it: of what only tells, too */
    size_t trust_out_n; /* how many were left out, in lane T */
    size_t unsigned_n;  /* and of the incident loaded last */
    bool trust_loaded;
    struct ir_epoch_key *keys; /* of audiences; ir_ctx_audiences */
    size_t keys_n;
    bool held; /* the right to write is ours: ir_case_hold */
    struct ir_library lib;
    uint8_t manifest[32]; /* of the release in view */
    bool has_manifest;
    const struct ir_json *contacts[IR_CONTACT_LISTS_N]; /* of it, once read */
    struct ir_json *everybody; /* people of all parts (core/crowd.h), once read;
                                  rows are shared with the library */
    struct ir_over *over;
    size_t over_n;
    int me; /* member index, -1: not known yet */
    struct ir_key *key;
    uint8_t agent_pub[IR_PUBKEY_BYTES];
    bool key_open;
    /* what is said */
    struct ir_view view;
    struct ir_view talk_view; /* the same for standard error */
    struct ir_buf out, talk;
    struct ir_err err;
    bool not_recorded; /* something was to be recorded and was not */
    bool own_said;     /* that a key of this home is revoked */
    char *again;       /* how to enter it later */
    bool in_walk;      /* called from the walk: no second screen */
    /* called now and then while a line is waited for, or NULL */
    void (*idle)(void *arg);
    void *idle_arg;
};

struct ir_cmd {
    const char *name; /* "role take": two words where there are two */
    int (*fn)(struct ir_ctx *c, int argc, char **argv);
    const char *group;   /* N_() heading in `ir help` */
    const char *summary; /* N_() one line */
    const char *usage;   /* as the manual's SYNOPSIS; N_() where it has words */
};

/* The table, ended by a NULL name.
 *
 * Owns:   static.
 */
extern const struct ir_cmd ir_cmds[];

/* The usage line of a command of the table without "ir", in the reader's
 * language; the name itself when there is none of that name.
 *
 * Owns:   static, or `name`.
 */
const char *ir_cmd_usage(const char *name);

/* Run `ir` with these words (argv[0] is the program); returns the exit code.
 *
 * Source: docs/man/ir.1.
 */
int ir_cmd_main(int argc, char **argv);

/* How this program was called, so that it can be typed again: "ir", or the
 * path where `ir` means nothing or another one; with -C and --as as given.
 *
 * Owns:   the caller frees with free().
 */
char *ir_cmd_called(const struct ir_ctx *c);

/* Run one command line inside an open context (the walk does). argv[0] is
 * the command's first word.
 *
 * Errors: whatever the command says; IR_EUSAGE for an unknown one.
 */
int ir_cmd_run(struct ir_ctx *c, int argc, char **argv);

/* Is there a command of these words?
 *
 * Errors: none.
 */
bool ir_cmd_known(int argc, char **argv);

/* The exit code for an IR_E*: 0 1 2 64 66 75 77.
 *
 * Source: docs/man/ir.1, "Exit status".
 */
int ir_cmd_exit(int rc);

/* Write out and talk to their files and empty them. */
void ir_ctx_flush(struct ir_ctx *c);

/* Open the home's store, for reading or writing, and fold trust; further
 * calls are free. A command opens once, in the mode it needs.
 *
 * Errors: as ir_store_open.
 */
int ir_ctx_open(struct ir_ctx *c, bool write);

/* Fold the trust lane again, after something was added to it. */
int ir_ctx_trust(struct ir_ctx *c);

/* Who acts: --as, IR_AS, or the only person whose key is here. Sets c->me.
 *
 * Errors: IR_EUSAGE several and none named, IR_ENOTFOUND, IR_EREFUSED revoked
 *         or expired.
 */
int ir_ctx_me(struct ir_ctx *c);

/* Are the keys of several members in this home, so that --as chooses? */
bool ir_ctx_shared(const struct ir_ctx *c);

/* The same if it can be told, else c->me stays -1: for reading. */
void ir_ctx_me_soft(struct ir_ctx *c);

/* Unlock the key of who acts (asks for a passphrase where there is one; asks
 * an ssh-agent whether it is there, each time).
 *
 * Errors: IR_ESIG, IR_ENOTFOUND, IR_ETIMEOUT.
 */
int ir_ctx_key(struct ir_ctx *c);

/* Fill in how the person who acts signs; ir_ctx_key must have succeeded.
 *
 * Owns:   borrowed from `c`.
 */
void ir_ctx_signer(struct ir_ctx *c, struct ir_signer *s);

/* From now on leave out what decides and is not signed by whom it names;
 * before ir_ctx_open or after.
 *
 * Errors: as ir_ctx_trust.
 */
int ir_ctx_signed(struct ir_ctx *c);

/* Say, if so, that entries were left out because of their signatures. */
void ir_ctx_left_out(struct ir_ctx *c);

/* Use the approved release (or `manifest`) for site, contacts and systems in
 * what is shown.
 */
void ir_ctx_site(struct ir_ctx *c, const uint8_t *manifest);

/* One object of the release in view, or NULL.
 *
 * Owns:   borrowed from `c`.
 */
const struct ir_json *ir_ctx_in_view(struct ir_ctx *c, const char *type,
                                     const char *name);

/* Let `v` show the contacts of the release in view; and forget them, when
 * another release is.
 */
void ir_ctx_contacts(struct ir_ctx *c, struct ir_view *v);
void ir_ctx_contacts_forget(struct ir_ctx *c);

/* The site's criteria of what an incident is, in the release in view, or NULL.
 *
 * Owns:   borrowed from `c`.
 */
const struct ir_json *ir_ctx_criteria(struct ir_ctx *c);

/* Begin a context that is all zeros: which home, which language (NULL: what the
 * environment says), what the terminals can show.
 */
void ir_ctx_init(struct ir_ctx *c, const char *home, const char *lang);

/* Leave: close and free everything. */
void ir_ctx_done(struct ir_ctx *c);

/* Ask on the terminal: prints `prompt` (may be "") and reads one line without
 * its newline. NULL at end of input, without a terminal, with --no-input.
 *
 * Owns:   the caller frees with free().
 */
char *ir_ctx_ask(struct ir_ctx *c, const char *prompt);

/* Show `b` a screen at a time where it is longer than the terminal; what does
 * not need that stays in `b` for ir_ctx_flush. A line that is typed between two
 * screens ends it and is the answer; else NULL.
 *
 * Owns:   the caller frees with free().
 */
char *ir_ctx_page(struct ir_ctx *c, const struct ir_term *t, struct ir_buf *b,
                  FILE *to);

/* Is there more on the terminal, typed ahead or pasted? Waits a moment, for the
 * lines of a paste come one close after the other. And throw all of that away.
 */
bool ir_ctx_more_typed(const struct ir_ctx *c);
void ir_ctx_forget_typed(const struct ir_ctx *c);

/* The same without echo, from /dev/tty; wiped by the caller. */
char *ir_ctx_ask_secret(struct ir_ctx *c, const char *prompt);

/* May questions be asked? (a terminal, and not --no-input) */
bool ir_ctx_can_ask(const struct ir_ctx *c);

/* Yes or no on the terminal; --yes says yes; no terminal says `dflt`. */
bool ir_ctx_yes(struct ir_ctx *c, const char *question, bool dflt);

#endif
