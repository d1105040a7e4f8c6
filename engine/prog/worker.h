/* worker.h: what ir-worker's files share. One JSON request on standard input,
 * the answer as JSON lines on standard output; docs/man/ir-worker.8.
 */
#ifndef IR_PROG_WORKER_H
#define IR_PROG_WORKER_H

#include "base/err.h"
#include "base/json.h"

/* Write one object as a line of the answer, at once.
 *
 * Owns:   takes `j`.
 */
void ir_worker_say_take(struct ir_json *j);

/* Say {"stuck":LINE} and end: a signal handler may call it. */
void ir_worker_say_stuck(int line);

/* {"do":"compile","site":DIR,"plugins":DIR?,"only":NAME?,
 *  "refuse":[{"file":PATH,"line":N,"slow":BOOL},...]?}
 * "refuse" are files that ended the worker when it was started before.
 *
 * Errors: what the request itself failed of; findings are no failure.
 */
int ir_worker_do_compile(const struct ir_json *req, struct ir_err *err);

/* {"do":"plugin","name":"channel/NAME","source":TEXT}: check one plugin's
 * file, answered as "compile" is.
 *
 * Errors: as above.
 */
int ir_worker_do_plugin(const struct ir_json *req, struct ir_err *err);

/* {"do":"channel","op":"send|check|receive","name":"channel/NAME","source",
 *  "needs":[],"rules":{},"config":{},"msgs":[]?,"state":?}
 * Answered by {"sent":{}} for each message as soon as it is known,
 * {"checked":{}}, or {"received":{}}; at the end {"done":{}}.
 *
 * Errors: what kept the plugin from being called.
 */
int ir_worker_do_channel(const struct ir_json *req, struct ir_err *err);

/* {"do":"broker","fd":N,"programs":[]}: script/broker.h.
 *
 * Errors: IR_EUSAGE.
 */
int ir_worker_do_broker(const struct ir_json *req, struct ir_err *err);

/* {"do":"repo-status|repo-init|repo-commit|repo-diff","site":DIR,...}
 *
 * Errors: as repo/repo.h.
 */
int ir_worker_do_repo(const char *what, const struct ir_json *req,
                      struct ir_err *err);

#endif
