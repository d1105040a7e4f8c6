/* commands.h: the functions behind the table in table.c, one per command;
 * what each does stands in docs/man/ir-<first word>.1. All return IR_OK or an
 * IR_E* with c->err filled (IR_ENO with an empty one: the answer is "no").
 */
#ifndef IR_CMD_COMMANDS_H
#define IR_CMD_COMMANDS_H

#include "cmd/cmd.h"

typedef int ir_cmd_fn(struct ir_ctx *c, int argc, char **argv);

ir_cmd_fn ir_cmd_help, ir_cmd_home, ir_cmd_init, ir_cmd_doctor, ir_cmd_selftest;
ir_cmd_fn ir_cmd_key_show, ir_cmd_key_passphrase, ir_cmd_key_rotate;
ir_cmd_fn ir_cmd_member_list, ir_cmd_member_add, ir_cmd_member_remove;
ir_cmd_fn ir_cmd_admin_list, ir_cmd_admin_propose, ir_cmd_admin_approve,
    ir_cmd_admin_deny, ir_cmd_mesh_revoke;
ir_cmd_fn ir_cmd_system_list, ir_cmd_system_show;
ir_cmd_fn ir_cmd_runbook_list, ir_cmd_runbook_show, ir_cmd_runbook_lint,
    ir_cmd_runbook_new, ir_cmd_runbook_refresh, ir_cmd_runbook_diff,
    ir_cmd_runbook_dry_run;
ir_cmd_fn ir_cmd_release_make, ir_cmd_release_list, ir_cmd_release_diff,
    ir_cmd_release_approve, ir_cmd_release_deny;
ir_cmd_fn ir_cmd_contacts_list, ir_cmd_contacts_show, ir_cmd_contacts_lint,
    ir_cmd_contacts_verify, ir_cmd_contacts_import, ir_cmd_card;
ir_cmd_fn ir_cmd_start, ir_cmd_list, ir_cmd_use, ir_cmd_join, ir_cmd_link,
    ir_cmd_add, ir_cmd_severity, ir_cmd_contained, ir_cmd_restored,
    ir_cmd_status, ir_cmd_next, ir_cmd_repin, ir_cmd_close, ir_cmd_reopen;
ir_cmd_fn ir_cmd_take, ir_cmd_give_back, ir_cmd_done, ir_cmd_fail, ir_cmd_skip,
    ir_cmd_run_step, ir_cmd_choose, ir_cmd_ask, ir_cmd_approve, ir_cmd_deny;
ir_cmd_fn ir_cmd_note, ir_cmd_decide, ir_cmd_amend, ir_cmd_redact;
ir_cmd_fn ir_cmd_role_list, ir_cmd_role_take, ir_cmd_role_offer,
    ir_cmd_role_accept, ir_cmd_role_release, ir_cmd_role_act, ir_cmd_who;
ir_cmd_fn ir_cmd_measure_list, ir_cmd_measure_start, ir_cmd_measure_review,
    ir_cmd_measure_lift, ir_cmd_measure_permanent;
ir_cmd_fn ir_cmd_clock_list, ir_cmd_clock_start, ir_cmd_clock_met,
    ir_cmd_clock_stop, ir_cmd_clock_undecided;
ir_cmd_fn ir_cmd_service, ir_cmd_exception_list, ir_cmd_exception_approve;
ir_cmd_fn ir_cmd_timeline, ir_cmd_log, ir_cmd_show, ir_cmd_verify,
    ir_cmd_export_entry, ir_cmd_rebuild;
ir_cmd_fn ir_cmd_carry_out, ir_cmd_carry_in, ir_cmd_mesh_status;
ir_cmd_fn ir_cmd_mesh_audience_list, ir_cmd_mesh_audience_add,
    ir_cmd_mesh_audience_remove;
ir_cmd_fn ir_cmd_mesh_invite, ir_cmd_mesh_invite_list,
    ir_cmd_mesh_invite_withdraw, ir_cmd_mesh_join, ir_cmd_mesh_admit;
ir_cmd_fn ir_cmd_channel_list, ir_cmd_channel_check, ir_cmd_channel_secret,
    ir_cmd_channel_test, ir_cmd_channel_down, ir_cmd_channel_up,
    ir_cmd_channel_distrust, ir_cmd_channel_canary;
ir_cmd_fn ir_cmd_triage, ir_cmd_report_in, ir_cmd_report_out;
ir_cmd_fn ir_cmd_report_out_told, ir_cmd_report_out_list;
ir_cmd_fn ir_cmd_mesh_peer, ir_cmd_mesh_carrier;
ir_cmd_fn ir_cmd_update, ir_cmd_update_list, ir_cmd_update_release,
    ir_cmd_update_told, ir_cmd_update_allow;
ir_cmd_fn ir_cmd_comms_send, ir_cmd_comms_test, ir_cmd_alert_resend,
    ir_cmd_check_code, ir_cmd_comms_status, ir_cmd_comms_received,
    ir_cmd_comms_take, ir_cmd_comms_tested;
ir_cmd_fn ir_cmd_call, ir_cmd_call_status, ir_cmd_call_end, ir_cmd_call_reply;
ir_cmd_fn ir_cmd_notify, ir_cmd_inbox, ir_cmd_ack, ir_cmd_answer_for,
    ir_cmd_alert_list, ir_cmd_alert_show, ir_cmd_alert_status,
    ir_cmd_alert_cancel, ir_cmd_alert_correct, ir_cmd_alert_cosign;

/* Say what c->err holds, as the program does at its end, and clear it; the
 * walk goes on after that.
 */
void ir_cmd_complain(struct ir_ctx *c);

/* Let what is shown name every system, not only that of the incident in view.
 */
void ir_cmd_systems(struct ir_ctx *c);

/* Print JSON on c->out, one line, and free it. */
void ir_cmd_json_take(struct ir_ctx *c, struct ir_json *j);

/* Open for writing and load the current incident: how most commands of the
 * walk begin.
 *
 * Errors: as ir_ctx_open, ir_ctx_me, ir_case_current.
 */
struct ir_case;
int ir_cmd_begin(struct ir_ctx *c, struct ir_case *k);

/* The same for what is decided by what others signed: entries with a wrong
 * signature are left out, and it is said that some were.
 *
 * Errors: as ir_cmd_begin.
 */
int ir_cmd_begin_signed(struct ir_ctx *c, struct ir_case *k);

/* Find an entry by the beginning of its id.
 *
 * Errors: IR_ENOTFOUND, IR_EUSAGE ambiguous.
 */
int ir_cmd_entry_id(struct ir_ctx *c, const char *hex, uint8_t id[IR_ID_BYTES]);

#endif
