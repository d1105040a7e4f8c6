/* mesh.h: `ir mesh status`: which devices there are, what each is known to
 * hold, what is only here, what is stuck and why. Plain data that the command
 * fills.
 */
#ifndef IR_VIEW_MESH_H
#define IR_VIEW_MESH_H

#include "view/carry.h"

/* An incident that is not closed. */
struct ir_mesh_incident {
    const struct ir_incident *inc;
    struct ir_view_record record;
};

struct ir_mesh_device {
    uint8_t id[IR_KEYID_BYTES]; /* key id of its node key */
    int custodian;              /* member index */
    bool self, revoked, has_key;
    int64_t met_ms; /* entries came from it, or it witnessed some; 0 never */
    const char *by; /* by what way, or NULL */
    const char *linked; /* connected at present, by what way; or NULL */
    bool equal;         /* and says it holds the same as this device */
    size_t held, of;    /* entries of the incidents that are not closed */
};

struct ir_mesh_carrier {
    const char *name; /* "dir", "lan", "https" */
    int64_t in_ms, out_ms;
    int64_t came, gave;
};

/* Entries that were refused or put off. */
struct ir_mesh_refused {
    enum ir_carry_why why;
    const char *author; /* handle, or NULL: nobody's known here */
    int64_t count, last_ms;
};

struct ir_mesh_gap {
    const char *author; /* handle or key id */
    int64_t missing;    /* numbers of theirs that are not here */
};

struct ir_mesh_status {
    size_t entries, from_elsewhere;
    uint64_t epoch; /* newest carrier key this device has; 0 none */
    const struct ir_mesh_incident *incidents;
    size_t incidents_n;
    const struct ir_mesh_device *devices;
    size_t devices_n;
    const struct ir_mesh_carrier *carriers;
    size_t carriers_n;
    const struct ir_mesh_refused *refused;
    size_t refused_n;
    const struct ir_mesh_gap *gaps;
    size_t gaps_n;
    size_t objects_missing;
    const char *const *revoked; /* a sentence for each key of this home that */
    size_t revoked_n;           /* is, and one what to do */
    bool self_revoked;          /* the device's own is among them */
    bool daemon_runs;
    const struct ir_json *daemon; /* as ird left it (docs/man/ir-mesh.1), or
                                     NULL: it never ran */
};

/* Incidents, devices, ways, and what is stuck: for people. */
void ir_view_mesh(const struct ir_view *v, const struct ir_mesh_status *s,
                  struct ir_buf *out);

/* {"entries","from_elsewhere","carrier_key","incidents":[...],"devices":[...],
 * "carriers":[...],"stuck":{...}}: docs/man/ir-mesh.1.
 *
 * Owns:   the caller's, ir_json_free.
 */
struct ir_json *ir_view_mesh_json(const struct ir_view *v,
                                  const struct ir_mesh_status *s);

#endif
