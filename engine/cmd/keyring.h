/* keyring.h: the files under keys/: one per person, and the device's.
 *
 * A file is 36 bytes ("irk\0" and the seed), 80 bytes (a box under a
 * passphrase, crypt.h), or 36 bytes ("irk\2" and a public key whose secret
 * the ssh-agent holds). keys/node is 68 bytes: "irk\3", the seed of the
 * signing key, the X25519 secret. Forms: docs/format.md, "Key files".
 */
#ifndef IR_CMD_KEYRING_H
#define IR_CMD_KEYRING_H

#include "base/crypt.h"
#include "base/err.h"

enum ir_keyfile { IR_KEYFILE_PLAIN, IR_KEYFILE_BOX, IR_KEYFILE_AGENT };

/* Write a person's key beneath `homefd`; `pass` NULL: no passphrase. For an
 * agent key `key` holds the public half only.
 *
 * Errors: IR_EEXIST, IR_EIO.
 */
int ir_keyring_put(int homefd, const char *handle, const struct ir_key *key,
                   const char *pass, bool replace, struct ir_err *err);

/* A key that is to take another one's place waits under its name with "~"
 * behind it: "sato~", to all functions here a name as any other, and listed by
 * none. Put it in the place of keys/sato.
 *
 * Errors: IR_ENOTFOUND none waits, IR_EIO.
 */
int ir_keyring_take_turn(int homefd, const char *handle, struct ir_err *err);

/* Which form has the key of `handle`?
 *
 * Errors: IR_ENOTFOUND, IR_EREFUSED readable by others, IR_ESIG no key file.
 */
int ir_keyring_form(int homefd, const char *handle, enum ir_keyfile *form,
                    struct ir_err *err);

/* Read it; `pass` is used when it is a box.
 *
 * Owns:   *out is the caller's, ir_key_free.
 * Errors: as ir_keyring_form, and IR_ESIG wrong passphrase.
 */
int ir_keyring_get(int homefd, const char *handle, const char *pass,
                   struct ir_key **out, struct ir_err *err);

/* Handles whose key is here, sorted, without "node".
 *
 * Owns:   *names and its strings are the caller's: ir_keyring_names_free.
 */
int ir_keyring_names(int homefd, char ***names, size_t *n, struct ir_err *err);
void ir_keyring_names_free(char **names, size_t n);

/* The device's own key: make it once, read it.
 *
 * Owns:   *out is the caller's, ir_key_free; x25519 of 32 bytes, public.
 */
int ir_keyring_node_new(int homefd, struct ir_key **out, uint8_t x25519[32],
                        struct ir_err *err);
int ir_keyring_node(int homefd, struct ir_key **out, struct ir_err *err);

/* The device's X25519 secret.
 *
 * Owns:   the caller wipes it.
 * Errors: as ir_keyring_node.
 */
int ir_keyring_node_secret(int homefd, uint8_t secret[32], struct ir_err *err);

#endif
