/* field.h: the fields of a body by name, whatever its kind. Only files of
 * view/ include this.
 */
#ifndef IR_VIEW_FIELD_H
#define IR_VIEW_FIELD_H

#include "base/cbor.h"
#include "core/body.h"
#include "view/view.h"

struct ir_field_walk {
    struct ir_cbor c;
    int64_t left; /* pairs still to come */
    const struct ir_kind *kind;
    uint64_t no;
};

/* Walk the map that a plain body is: key, its row in the kind's table (NULL:
 * unknown), and a cursor at its value.
 *
 * Owns:   borrowed from the entry.
 */
bool ir_field_begin(const struct ir_entry *e, struct ir_field_walk *w);
bool ir_field_next(struct ir_field_walk *w, uint64_t *key,
                   const struct ir_field **f, struct ir_cbor *val);

/* A value as harmless text; a body as an object by names of fields.
 *
 * Owns:   the caller frees with free(), with ir_json_free.
 */
char *ir_field_text(const struct ir_view *v, const struct ir_field *f,
                    const struct ir_cbor *val);
struct ir_json *ir_field_json(const struct ir_entry *e);

#endif
