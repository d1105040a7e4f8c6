/* takeover.h: when the device whose alert it is has died or is cut off, and
 * another one sends in its place.
 *
 * The rules. The device on which an alert was written sends it. Every other one
 *   of the site works out the same (core/deliver.h), and looks on. What is due
 *   and is left there for IR_TAKEOVER_MS, while nobody else's attempt about the
 *   alert came in, it sends itself; each in its turn, which all work out alike
 *   from the alert's id, so that one begins and the others see its attempts.
 *   Who has begun goes on with what falls due later, and steps back when
 *   another one's attempt comes in. What somebody tried and said no outcome of
 *   is waited for as long as a message may take them.
 * Two sides of a cut network may both send; people get the message twice then,
 *   under one id.
 *   A device that comes back lets IR_TAKEOVER_SETTLE_MS pass before it sends
 *   what it had left for so long: another's attempts come in first.
 * Whose word counts. Nobody's attempt keeps the alert's own device from sending
 *   what it sends by itself in time: a deputy's counts there only for a way
 *   that was left due for IR_TAKEOVER_LEFT_MS before it. A device that is alive
 *   leaves none, so no other can silence it.
 */
#ifndef IR_CORE_TAKEOVER_H
#define IR_CORE_TAKEOVER_H

#include "core/deliver.h"

#define IR_TAKEOVER_MS 90000
#define IR_TAKEOVER_STEP_MS 20000 /* for each whose turn is before ours */
#define IR_TAKEOVER_STEPS_MAX 10
#define IR_TAKEOVER_NEXT_MS 15000    /* for who has begun: the owner is first */
#define IR_TAKEOVER_FLIGHT_MS 300000 /* tried, and no outcome yet */
#define IR_TAKEOVER_LEFT_MS 10000
#define IR_TAKEOVER_SETTLE_MS 5000

/* How one alert of another device stands, as seen here. */
struct ir_takeover {
    size_t turn;     /* how many others come before us */
    int64_t life_ms; /* when the last attempt of another device, or the alert,
                        came in: by the clock of this device */
    bool begun;      /* the newest attempt about it is ours */
    bool asked;      /* somebody said that this device is to */
};

/* From when on this device sends what is due there: `d`, on way `w`; `theirs`:
 * the newest word on that way is another device's.
 *
 * Units:  milliseconds since 1970.
 */
int64_t ir_takeover_at(const struct ir_takeover *t, const struct ir_due *d,
                       const struct ir_way *w, bool theirs);

/* Was `d`, which is this device's own to send by way `w`, left so long that
 * another one may have sent it? */
bool ir_takeover_left(const struct ir_due *d, const struct ir_way *w,
                      int64_t now_ms);

/* Does the attempt `tried` of a deputy count for the alert's own device, where
 * `d` is due by all that counts so far? */
bool ir_takeover_counts(const struct ir_due *d, const struct ir_attempt *tried,
                        int64_t now_ms);

#endif
