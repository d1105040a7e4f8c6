/* node.h: the daemon `ird`: it keeps this home and those of others equal for as
 * long as it runs.
 *
 * It meets `ir` in ir.db alone. What it does is core/sync.h's to decide; here
 * the engine, the home and the carriers are put together.
 * Source: docs/man/ird.8.
 */
#ifndef IR_CMD_NODE_H
#define IR_CMD_NODE_H

/* Run `ird` with these words (argv[0] is the program) until it is told to end;
 * returns the exit code.
 *
 * Source: docs/man/ird.8.
 */
int ir_node_main(int argc, char **argv);

#endif
