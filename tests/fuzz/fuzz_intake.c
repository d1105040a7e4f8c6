/* fuzz_intake.c: address books from anywhere. What is taken in is harmless
 * text within its limits; as rows of Lua it stays what it is, and its ids are
 * found again; a second import changes nothing.
 */
#include "base/scan.h"
#include "base/utf8.h"
#include "core/csv.h"
#include "core/roster.h"
#include "fuzz.h"

#include <string.h>

static void
check_text(const char *s)
{
    size_t n = s != NULL ? strlen(s) : 0, at, step;

    MUST(n <= IR_INTAKE_TEXT_MAX + 1);
    for (at = 0; at < n; at += step)
        MUST(!ir_utf8_harmful(ir_utf8_next(s + at, n - at, &step)));
    MUST(s == NULL || (s[0] != '=' && s[0] != '@'));
}

static void
check_people(const struct ir_intake *in)
{
    size_t i, k;

    MUST(in->n <= IR_INTAKE_PEOPLE_MAX && in->notes_n <= IR_INTAKE_NOTES_MAX);
    for (i = 0; i < in->n; i++) {
        const struct ir_intake_person *p = &in->person[i];

        MUST(p->name != NULL && p->name[0] != '\0' && p->ways_n > 0);
        check_text(p->title);
        for (k = 0; k < p->ways_n; k++) {
            check_text(p->way[k].address);
            MUST(p->way[k].address[0] != '\0');
            MUST(k == 0 || p->way[k - 1].rank <= p->way[k].rank);
        }
    }
}

static void
check_roster(const struct ir_intake *in)
{
    struct ir_roster r, again;
    struct ir_buf b = {0};
    struct ir_json *ids, *ids2;
    size_t i, k;

    ir_roster_join(in, NULL, NULL, &r);
    MUST(r.n == in->n && ir_json_len(r.rows) == in->n);
    ir_roster_file(r.rows, &b);
    MUST(ir_utf8_valid((const char *)b.p, b.len));
    ids = ir_roster_ids((const char *)b.p, b.len);
    MUST(ir_json_len(ids) == in->n);
    for (i = 0; i < in->n; i++) {
        const char *id = ir_json_str(ir_json_at(ids, i));

        MUST(ir_name_ok(id));
        for (k = 0; k < i; k++)
            MUST(strcmp(id, ir_json_str(ir_json_at(ids, k))) != 0);
    }
    ir_roster_join(in, r.rows, ids, &again);
    MUST(ir_json_len(again.rows) >= in->n && again.kept <= in->n);
    ids2 = ir_roster_ids((const char *)b.p, b.len);
    MUST(ir_json_len(ids2) == ir_json_len(ids));
    ir_json_free(ids);
    ir_json_free(ids2);
    ir_roster_done(&r);
    ir_roster_done(&again);
    ir_buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ir_intake in;
    struct ir_err err = {0};
    struct ir_csv csv;
    struct ir_csv_row row;
    int rc = ir_intake_read(data, size, &in, &err);

    if (rc != IR_OK) {
        MUST(rc == IR_EPARSE || rc == IR_ELIMIT);
        MUST(err.code == rc && in.n == 0);
    } else {
        check_people(&in);
        check_roster(&in);
        ir_intake_done(&in);
    }
    ir_csv_init(&csv, (const char *)data, size);
    while ((rc = ir_csv_next(&csv, &row, &err)) > 0) {
        MUST(row.cells_n >= 1 && row.cells_n <= IR_CSV_CELLS_MAX);
        ir_csv_row_done(&row);
    }
    MUST(rc == 0 ? csv.at == size : rc == IR_EPARSE || rc == IR_ELIMIT);
    return 0;
}
