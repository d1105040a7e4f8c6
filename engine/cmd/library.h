/* library.h: the objects of one release, by name: plans, site, contacts,
 * systems, forms. Fetched from the store by digest when first asked for.
 */
#ifndef IR_CMD_LIBRARY_H
#define IR_CMD_LIBRARY_H

#include "core/incident.h"
#include "store/store.h"

struct ir_library {
    struct ir_store *st; /* borrowed */
    struct ir_library_manifest *manifests;
    struct ir_library_object *objects; /* cached, by digest */
    struct ir_library_list *lists;     /* of which only rows are parsed */
};

/* Begin with nothing fetched from `st`. */
void ir_library_init(struct ir_library *lib, struct ir_store *st);

/* Leave. The memory of the library that was left last stays until the next
 * one is left: mostly the process ends here, and giving back ten thousand
 * small blocks one by one takes longer than the rest of `ir note`.
 */
void ir_library_done(struct ir_library *lib);

/* The lookup that folding needs.
 *
 * Owns:   what it returns is borrowed from `lib`.
 */
struct ir_lookup ir_library_lookup(struct ir_library *lib);

/* The digest of object (type, name) in a release.
 *
 * Errors: IR_ENOTFOUND, or what reading the manifest says.
 */
int ir_library_digest(struct ir_library *lib, const uint8_t manifest[32],
                      const char *type, const char *name, uint8_t digest[32],
                      struct ir_err *err);

/* Is there any object whose name begins so? Cheap to ask.
 *
 * Errors: none.
 */
bool ir_library_has(struct ir_library *lib, const uint8_t manifest[32],
                    const char *prefix);

/* An object as JSON, by name.
 *
 * Owns:   borrowed from `lib`.
 * Errors: IR_ENOTFOUND, IR_EDAMAGED, IR_EPARSE.
 */
int ir_library_json(struct ir_library *lib, const uint8_t manifest[32],
                    const char *type, const char *name,
                    const struct ir_json **out, struct ir_err *err);

/* The element of that id (*row, NULL: none) of an object that is a list of
 * objects, without parsing the rest. False where the whole list is the better
 * way: it is parsed already, so many of it were asked for that parsing it is
 * cheaper, or something is wrong with it.
 *
 * Owns:   *row is borrowed from `lib`.
 */
bool ir_library_row(struct ir_library *lib, const uint8_t manifest[32],
                    const char *type, const char *name, const char *id,
                    const struct ir_json **row);

/* A plan decoded, by name: like ir_library_json. */
int ir_library_plan(struct ir_library *lib, const uint8_t manifest[32],
                    const char *name, const struct ir_plan **out,
                    struct ir_err *err);

/* Names of all objects of a type whose name begins with `prefix`, sorted.
 *
 * Owns:   *names is the caller's, free() (the strings are borrowed).
 */
int ir_library_names(struct ir_library *lib, const uint8_t manifest[32],
                     const char *type, const char *prefix, const char ***names,
                     size_t *n, struct ir_err *err);

/* The manifest itself: {"api":1,"objects":[{"type","name","digest",
 * "bytes"}]}.
 *
 * Owns:   borrowed from `lib`.
 */
const struct ir_json *ir_library_manifest(struct ir_library *lib,
                                          const uint8_t manifest[32],
                                          struct ir_err *err);

#endif
