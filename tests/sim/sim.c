/* sim.c: run scenarios.
 *
 *   sim [--seed N] [--seeds COUNT] [--nodes N] [--scenario NAME]
 *       [--broken put|check|sync|view|ack|digest|named] [--record DIR]
 * [--replay DIR]
 *       [--bench NODES] [--list]
 *
 * Without --scenario all of them, one seed each in turn. A seed that fails is
 * printed with how to run it again and, with --record, written to DIR/NAME-SEED
 * ("scenario seed nodes" on one line); --replay runs every file there.
 */
#include "sim.h"

#include <dirent.h>
#include <time.h>

struct args {
    uint64_t seed, seeds;
    int nodes, bench;
    const char *scenario, *record, *replay;
    enum sim_break broken;
    bool list;
};

static const struct sim_scenario *
scenario(const char *name)
{
    const struct sim_scenario *s;

    for (s = sim_scenarios; s->name != NULL; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

static void
record(const char *dir, const struct sim_scenario *sc, uint64_t seed, int nodes)
{
    char *path =
        ir_asprintf("%s/%s-%llu", dir, sc->name, (unsigned long long)seed);
    FILE *f = fopen(path, "w");

    if (f != NULL) {
        fprintf(f, "%s %llu %d\n", sc->name, (unsigned long long)seed, nodes);
        fclose(f);
        printf("written to %s: commit it\n", path);
    }
    free(path);
}

/* One run; prints a line. */
static bool
run(const struct args *a, const struct sim_scenario *sc, uint64_t seed,
    int nodes)
{
    struct sim *w = sim_new(sc, seed, nodes, a->broken);
    bool good = sim_play(w);

    printf("%-4s %-10s seed %-6llu %3d nodes %5zu entries, healed in %6.1f s"
           "%s%s\n",
           good ? "ok" : "FAIL", sc->name, (unsigned long long)seed, w->nodes_n,
           w->entries_n, (double)w->healed_ms / 1000,
           w->said[0] != '\0' ? ": " : "", w->said);
    if (!good) {
        printf("again: tests/sim/sim --scenario %s --seed %llu --nodes %d\n",
               sc->name, (unsigned long long)seed, w->nodes_n);
        if (a->record != NULL)
            record(a->record, sc, seed, nodes);
    }
    fflush(stdout);
    sim_free(w);
    return good;
}

static int
replay(const struct args *a)
{
    DIR *d = opendir(a->replay);
    struct dirent *e;
    int bad = 0, n = 0;

    while (d != NULL && (e = readdir(d)) != NULL) {
        char name[32] = "", *path = ir_asprintf("%s/%s", a->replay, e->d_name);
        unsigned long long seed = 0;
        int nodes = 0;
        FILE *f = e->d_name[0] != '.' ? fopen(path, "r") : NULL;

        if (f != NULL) {
            const struct sim_scenario *sc;

            if (fscanf(f, "%31s %llu %d", name, &seed, &nodes) == 3 &&
                (sc = scenario(name)) != NULL) {
                bad += run(a, sc, seed, nodes) ? 0 : 1;
                n++;
            } else {
                printf("%s: not a seed\n", path);
                bad++;
            }
            fclose(f);
        }
        free(path);
    }
    if (d != NULL)
        closedir(d);
    printf("%d seeds that failed once: %d fail\n", n, bad);
    return d == NULL || bad > 0 ? 1 : 0;
}

static bool
parse(int argc, char **argv, struct args *a)
{
    static const char *const breaks[] = {"",     "put", "check",  "sync",
                                         "view", "ack", "digest", "named"};
    int i, k;

    for (i = 1; i < argc; i++) {
        const char *v = i + 1 < argc ? argv[i + 1] : "";

        if (strcmp(argv[i], "--list") == 0) {
            a->list = true;
            continue;
        }
        i++;
        if (strcmp(argv[i - 1], "--seed") == 0)
            a->seed = strtoull(v, NULL, 10);
        else if (strcmp(argv[i - 1], "--seeds") == 0)
            a->seeds = strtoull(v, NULL, 10);
        else if (strcmp(argv[i - 1], "--nodes") == 0)
            a->nodes = (int)strtol(v, NULL, 10);
        else if (strcmp(argv[i - 1], "--bench") == 0)
            a->bench = (int)strtol(v, NULL, 10);
        else if (strcmp(argv[i - 1], "--scenario") == 0)
            a->scenario = v;
        else if (strcmp(argv[i - 1], "--record") == 0)
            a->record = v;
        else if (strcmp(argv[i - 1], "--replay") == 0)
            a->replay = v;
        else if (strcmp(argv[i - 1], "--broken") == 0)
            for (k = 1; k < 8; k++)
                a->broken =
                    strcmp(v, breaks[k]) == 0 ? (enum sim_break)k : a->broken;
        else
            return false;
    }
    return true;
}

int
main(int argc, char **argv)
{
    struct args a = {.seed = 1, .seeds = 1};
    const struct sim_scenario *s;
    uint64_t i;
    int bad = 0;

    if (ir_crypt_init(NULL) != IR_OK || !parse(argc, argv, &a) ||
        (a.scenario != NULL && scenario(a.scenario) == NULL)) {
        fprintf(stderr, "see the top of tests/sim/sim.c\n");
        return 64;
    }
    if (a.list) {
        for (s = sim_scenarios; s->name != NULL; s++)
            printf("%-10s %s\n", s->name, s->what);
        return 0;
    }
    if (a.bench > 0)
        return sim_bench(a.bench);
    if (a.replay != NULL)
        return replay(&a);
    for (i = 0, s = sim_scenarios; i < a.seeds; i++) {
        const struct sim_scenario *sc = a.scenario ? scenario(a.scenario) : s;

        bad += run(&a, sc, a.seed + i, a.nodes) ? 0 : 1;
        s = s[1].name != NULL ? s + 1 : sim_scenarios;
    }
    printf("%llu runs, %d failed\n", (unsigned long long)a.seeds, bad);
    return bad > 0 ? 1 : 0;
}
