/* people.h: lists: roles, clocks, measures, exceptions, requests, members,
 * systems, runbooks, releases. Each as text, and as a JSON array that the
 * caller frees with ir_json_free.
 */
#ifndef IR_VIEW_PEOPLE_H
#define IR_VIEW_PEOPLE_H

#include "view/view.h"

/* Who holds which role, acting, disputed, on offer, since when; roles of the
 * contacts that nobody holds are shown with whom to call, in order.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_roles(const struct ir_view *v, const struct ir_incident *inc,
                   struct ir_buf *out);
struct ir_json *ir_view_roles_json(const struct ir_view *v,
                                   const struct ir_incident *inc);

/* To each of those who hold a role at the same time: that they do, with whom,
 * and how one of them yields. Nothing for anybody else.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_disputed(const struct ir_view *v, const struct ir_incident *inc,
                      struct ir_buf *out);

/* `ir who`: each person in the incident: roles, what they are doing since
 * when.
 */
void ir_view_who(const struct ir_view *v, const struct ir_incident *inc,
                 struct ir_buf *out);
struct ir_json *ir_view_who_json(const struct ir_view *v,
                                 const struct ir_incident *inc);

/* Every clock, most pressing first: how it stands, since when, who said so. */
void ir_view_clocks(const struct ir_view *v, const struct ir_incident *inc,
                    struct ir_buf *out);
struct ir_json *ir_view_clocks_json(const struct ir_view *v,
                                    const struct ir_incident *inc);

/* Interim measures: state, owner, day of review, what replaces them. */
void ir_view_measures(const struct ir_view *v, const struct ir_incident *inc,
                      struct ir_buf *out);
struct ir_json *ir_view_measures_json(const struct ir_view *v,
                                      const struct ir_incident *inc);

/* Exceptions: rule, reason, by whom, and whether somebody else reviewed them.
 */
void ir_view_exceptions(const struct ir_view *v, const struct ir_incident *inc,
                        struct ir_buf *out);
struct ir_json *ir_view_exceptions_json(const struct ir_view *v,
                                        const struct ir_incident *inc);

/* Two-person requests: what, by whom, until when, how to answer. */
void ir_view_requests(const struct ir_view *v, const struct ir_incident *inc,
                      struct ir_buf *out);
struct ir_json *ir_view_requests_json(const struct ir_view *v,
                                      const struct ir_incident *inc);

/* Members: handle, name, whether administrator or revoked, roles. */
void ir_view_members(const struct ir_view *v, struct ir_buf *out);
struct ir_json *ir_view_members_json(const struct ir_view *v);

/* Objects of type system, a line each with the gravest RTO; and one in full.
 */
void ir_view_systems(const struct ir_view *v,
                     const struct ir_json *const *systems, size_t n,
                     struct ir_buf *out);
void ir_view_system(const struct ir_view *v, const struct ir_json *system,
                    const struct ir_plan *const *plans, size_t n,
                    struct ir_buf *out);
struct ir_json *ir_view_systems_json(const struct ir_view *v,
                                     const struct ir_json *const *systems,
                                     size_t n);

/* Plans by kind and then as given, a line each; `ir_view_runbook` is one in
 * full, as a reader walks it. */
void ir_view_runbooks(const struct ir_view *v,
                      const struct ir_plan *const *plans, size_t n,
                      struct ir_buf *out);
void ir_view_runbook(const struct ir_view *v, const struct ir_plan *p,
                     struct ir_buf *out);
struct ir_json *ir_view_runbooks_json(const struct ir_view *v,
                                      const struct ir_plan *const *plans,
                                      size_t n);

/* Releases of the trust, newest first: made, by whom, approved by whom
 * (by the author themselves: said so), denied and why, current.
 */
void ir_view_releases(const struct ir_view *v, struct ir_buf *out);
struct ir_json *ir_view_releases_json(const struct ir_view *v);

#endif
