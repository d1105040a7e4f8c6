/* status.h: `ir status`: one incident at a glance. */
#ifndef IR_VIEW_STATUS_H
#define IR_VIEW_STATUS_H

#include "view/walk.h"

/* Text: header of the walk, all clocks, all roles, open steps, measures,
 * exceptions not reviewed, requests open, conflicts.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_status(const struct ir_view *v, const struct ir_walk *w,
                    struct ir_buf *out);

/* The object of commands.md, and more: "measures", "exceptions", "requests",
 * "services", "vars", "conflicts", "joined", "links", "instances".
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_status_json(const struct ir_view *v,
                                    const struct ir_walk *w);

/* `ir list`: open (and with `all` closed) incidents, one line each; JSON is
 * an array of the "incident" object of ir_view_status_json.
 */
void ir_view_incidents(const struct ir_view *v,
                       const struct ir_incident *const *inc, size_t n,
                       const uint8_t *current, struct ir_buf *out);
struct ir_json *ir_view_incidents_json(const struct ir_view *v,
                                       const struct ir_incident *const *inc,
                                       size_t n);
/* That object.
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_incident_json(const struct ir_view *v,
                                      const struct ir_incident *inc);

#endif
