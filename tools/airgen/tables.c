/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * air_tables.c: the machine as constant data, and the evaluators of air_eval.inc over scalars.
 */
#include "tools/airgen/emit.h"

static void quoted(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') {
            fputc('\\', f);
        }
        fputc(*s, f);
    }
    fputc('"', f);
}

/** Forms of a table: per use its selector, then its slots. */
static void emit_forms(FILE *f, const struct rec_table *t)
{
    unsigned first = 0;
    fprintf(f, "\nstatic const struct air_term %s_terms[] = {\n", t->name);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < t->n_uses; i++) {
            const struct rec_use *u = &t->uses[i];
            for (unsigned j = 0; j <= u->n; j++) {
                const fp *form = rec_form(t, j ? u->slots[j - 1] : u->sel);
                unsigned n = 0;
                for (unsigned c = 0; c < AIR_MAX_COLS; c++) {
                    if (form[c] && !pass) {
                        fprintf(f, "    {%u, 0x%08xu},\n", c, (unsigned)form[c]);
                    }
                    n += form[c] != 0;
                }
                if (pass) {
                    fprintf(f, "    {%u, %u, 0x%08xu},\n", first, n, (unsigned)form[AIR_MAX_COLS]);
                }
                first += n;
            }
        }
        if (!pass) {
            fprintf(f, "    {0, 0},\n};\nstatic const struct air_form %s_forms[] = {\n", t->name);
            first = 0;
        }
    }
    fputs("    {0, 0, 0},\n};\n", f);
}

static void emit_uses(FILE *f, const struct rec_table *t)
{
    unsigned form = 0;
    fprintf(f, "static const struct air_use %s_uses[] = {\n", t->name);
    for (unsigned i = 0; i < t->n_uses; i++) {
        const struct rec_use *u = &t->uses[i];
        const int sign = u->side == REC_SEND || u->side == REC_QUERY ? 1 : -1;
        fprintf(f, "    {AIR_BUS_%s, %d, %u, %u, %u},\n", rec_bus_name(u->bus), sign, u->n, form, form + 1);
        form += u->n + 1;
    }
    fputs("    {0, 0, 0, 0, 0},\n};\n", f);
}

static void emit_names(FILE *f, const struct rec_table *t)
{
    static const char *const closed[] = {
        [AIR_CF_INDEX] = "INDEX", [AIR_CF_HI8] = "HI8",       [AIR_CF_LO8] = "LO8",           [AIR_CF_AND8] = "AND8",
        [AIR_CF_POW2_M] = "POW2_M", [AIR_CF_POW2_Q] = "POW2_Q", [AIR_CF_REG_REAL] = "REG_REAL",
        [AIR_CF_PROOF] = "PROOF",   [AIR_CF_FIRST] = "FIRST",
    };
    fprintf(f, "static const char *const %s_labels[] = {\n", t->name);
    for (unsigned i = 0; i < t->n_constraints; i++) {
        fputs("    ", f);
        quoted(f, t->constraints[i].label);
        fputs(",\n", f);
    }
    fprintf(f, "    0,\n};\nstatic const char *const %s_col_names[] = {\n", t->name);
    for (unsigned i = 0; i < t->n_cols + t->n_closed; i++) {
        fputs("    ", f);
        quoted(f, rec_col_name(t, i));
        fputs(",\n", f);
    }
    fprintf(f, "    0,\n};\nstatic const uint8_t %s_closed[] = {\n", t->name);
    for (unsigned i = 0; i < t->n_closed; i++) {
        fprintf(f, "    AIR_CF_%s,\n", closed[t->closed[i]]);
    }
    fputs("    0,\n};\n", f);
}

static void emit_table(FILE *f, const struct rec_table *t)
{
    const char *const s = t->name;
    fprintf(f, "    {\n        .name = \"%s\", .n_cols = %u, .n_closed = %u, .n_constraints = %u, .n_uses = %u, .n_global = %u,\n", t->id, t->n_cols,
            t->n_closed, t->n_constraints, t->n_uses, rec_n_global(t));
    fprintf(f, "        .fixed_log_h = %u, .takes_state = %u, .closed = %s_closed, .uses = %s_uses, .forms = %s_forms,\n",
            t->fixed_log_h, t->takes_state, s, s, s);
    fprintf(f, "        .terms = %s_terms, .labels = %s_labels, .col_names = %s_col_names, .eval = eval_%s, .check = check_%s,\n    },\n",
            s, s, s, s, s);
}

/** The evaluators as functions over scalars: macros of air_eval.inc set twice. */
static void emit_evaluators(FILE *f)
{
    fputs("\n#define AIR_QUALIFIERS static\n#define AIR_COL(i) (cols[i])\n", f);
    /* Calls, not inlined: thousands of copies of a product of 25 take compilers minutes, and calls cost nothing here. They pass
     * pointers, because some ABIs copy a struct for each argument and never share the room: frames of 20 kB. */
    fputs("\n#define CALL static __attribute__((noinline)) void\n"
          "CALL call_add(fx *out, const fx *a, const fx *b)\n{\n    *out = fx_add(*a, *b);\n}\n"
          "CALL call_sub(fx *out, const fx *a, const fx *b)\n{\n    *out = fx_sub(*a, *b);\n}\n"
          "CALL call_mul(fx *out, const fx *a, const fx *b)\n{\n    *out = fx_mul(*a, *b);\n}\n"
          "CALL call_scale(fx *out, const fx *a, fp k)\n{\n    *out = fx_mul_fp(*a, k);\n}\n"
          "CALL call_acc(fx *acc, const fx *a, const fx *b)\n{\n    *acc = fx_add(*acc, fx_mul(*a, *b));\n}\n", f);
    fputs("#define VALUE(op)                                  \\\n"
          "    static inline fx value_##op(fx a, fx b)        \\\n"
          "    {                                              \\\n"
          "        fx out;                                    \\\n"
          "        call_##op(&out, &a, &b);                   \\\n"
          "        return out;                                \\\n"
          "    }\nVALUE(add)\nVALUE(sub)\nVALUE(mul)\n#undef VALUE\n"
          "static inline fx value_scale(fx a, fp k)\n{\n    fx out;\n    call_scale(&out, &a, k);\n    return out;\n}\n", f);
    fputs("\n/* over the challenge field, combined by powers of lambda */\n"
          "#define AIR_T fx\n#define AIR_NAME(f) sum_##f\n#define AIR_ARGS const fx *cols, const fx *lambda_pows, fx *acc\n"
          "#define AIR_PASS cols, lambda_pows, acc\n#define AIR_NOTHING (void)cols, (void)lambda_pows, (void)acc\n#define AIR_ADD(a, b) value_add(a, b)\n#define AIR_SUB(a, b) value_sub(a, b)\n"
          "#define AIR_MUL(a, b) value_mul(a, b)\n#define AIR_MULK(a, k) value_scale(a, k)\n#define AIR_ADDK(a, k) value_add(a, fx_from_fp(k))\n"
          "#define AIR_NEG(a) value_sub(FX_ZERO, a)\n#define AIR_ACC(i, a) call_acc(acc, &lambda_pows[i], &(a))\n"
          "#include \"air_eval.inc\"\n"
          "#define X(name)                                                    \\\n"
          "    static fx eval_##name(const fx *cols, const fx *lambda_pows)   \\\n"
          "    {                                                              \\\n"
          "        fx acc = FX_ZERO;                                          \\\n"
          "        sum_##name(cols, lambda_pows, &acc);                        \\\n"
          "        return acc;                                                \\\n"
          "    }\nAIR_EVAL_LIST(X)\n#undef X\n", f);
    fputs("#undef AIR_T\n#undef AIR_NAME\n#undef AIR_ARGS\n#undef AIR_PASS\n#undef AIR_NOTHING\n#undef AIR_ADD\n#undef AIR_SUB\n#undef AIR_MUL\n"
          "#undef AIR_MULK\n#undef AIR_ADDK\n#undef AIR_NEG\n#undef AIR_ACC\n"
          "\n/* over the base field, one by one */\n"
          "#define AIR_T fp\n#define AIR_NAME(f) check_##f\n#define AIR_ARGS fp *out, const fp *cols\n#define AIR_PASS out, cols\n"
          "#define AIR_NOTHING (void)out, (void)cols\n"
          "#define AIR_ADD(a, b) fp_add(a, b)\n#define AIR_SUB(a, b) fp_sub(a, b)\n#define AIR_MUL(a, b) fp_mul(a, b)\n"
          "#define AIR_MULK(a, k) fp_mul(a, k)\n#define AIR_ADDK(a, k) fp_add(a, k)\n#define AIR_NEG(a) fp_neg(a)\n"
          "#define AIR_ACC(i, a) (out[i] = a)\n#include \"air_eval.inc\"\n", f);
}

void emit_tables(FILE *f, const struct machine *m)
{
    uint8_t d[32];
    fputs("/* SPDX-License-Identifier: MIT OR Apache-2.0\n *\n * Made by tools/airgen from core/chips. Tables of the machine and their evaluators.\n */\n"
          "#include \"core/air/air.h\"\n", f);
    for (unsigned i = 0; i < m->n; i++) {
        emit_forms(f, m->t[i]);
        emit_uses(f, m->t[i]);
        emit_names(f, m->t[i]);
    }
    emit_evaluators(f);
    fputs("\nconst struct air_table sc_air_tables[] = {\n", f);
    for (unsigned i = 0; i < m->n; i++) {
        emit_table(f, m->t[i]);
    }
    machine_digest(d, m);
    fputs("};\n\nconst uint8_t sc_machine_digest[32] = {", f);
    for (unsigned i = 0; i < 32; i++) {
        fprintf(f, "%s0x%02x,", i % 16 ? " " : "\n    ", d[i]);
    }
    fputs("\n};\n", f);
}
