/* refresh.h: what comes with ir (plugins, runbooks) against what stands in
 * site/: what is new here, what may be brought up to date, what people changed.
 *
 * Form: site/.shipped says what each file was when ir put it there, a line
 * "SHA-256 in hex, two spaces, path" each, as sha256sum(1) writes and checks.
 * A file that still is so was changed by nobody. site.lua and contacts.lua are
 * the site's own from the first day and are left alone.
 */
#ifndef IR_CMD_REFRESH_H
#define IR_CMD_REFRESH_H

#include "cmd/cmd.h"

enum ir_refresh_how {
    IR_REFRESH_SAME,
    IR_REFRESH_NEW,     /* not in site/ */
    IR_REFRESH_OLD,     /* as an earlier ir put it there */
    IR_REFRESH_CHANGED, /* by people, or nobody knows */
    IR_REFRESH_GONE,    /* taken out by people */
};

struct ir_refresh_file {
    char *path; /* beneath site/, and beneath what is shipped */
    enum ir_refresh_how how;
    bool taken; /* it was brought to what is shipped */
};

struct ir_refresh {
    struct ir_refresh_file *v; /* by path */
    size_t n;
    int home; /* descriptor */
    struct ir_json *was;
};

/* Compare. `home` is the home's directory.
 *
 * Owns:   *r is the caller's, ir_refresh_done, whatever is returned.
 * Errors: IR_ENOTFOUND no site/ here, or nothing is shipped; IR_EIO.
 */
int ir_refresh_look(const char *home, struct ir_refresh *r, struct ir_err *err);
void ir_refresh_done(struct ir_refresh *r);

/* Bring file `i` to what is shipped, durably; what stood there is kept in
 * site/.kept/PATH when people changed it.
 *
 * Errors: IR_EIO, IR_EREFUSED.
 */
int ir_refresh_take(struct ir_refresh *r, size_t i, struct ir_err *err);

/* Write down in site/.shipped what now is as it is shipped; after `ir init`
 * copied plugins, and runbooks too (`home` a directory's descriptor).
 *
 * Errors: IR_EIO.
 */
int ir_refresh_note(struct ir_refresh *r, struct ir_err *err);
int ir_refresh_note_all(int home, bool runbooks, struct ir_err *err);

#endif
