# plot.awk: a plot (SVG) of what costs do while -v what= grows, from lines
# `bench growth.WHAT.NUMBER.MEASURE n min median p90 max`: a line for each measure, its median against the
# number on a logarithmic axis, and minimum to 90th percentile as a bar.
$1 == "bench" && NF == 7 && index($2, "growth." what ".") == 1 {
    split($2, part, ".")
    number = part[3]
    measure = part[4]
    if (!(measure in index_of)) {
        index_of[measure] = ++measures
        name[measures] = measure
    }
    if (!(number in seen)) {
        seen[number] = 1
        numbers++
        at[numbers] = number
    }
    low[measure, number] = $4
    median[measure, number] = $5
    high[measure, number] = $6
    if ($6 > top)
        top = $6
}
function x_of(i)
{
    return LEFT + (numbers > 1 ? (i - 1) * (RIGHT - LEFT) / (numbers - 1) : 0)
}
function y_of(value)
{
    return BOTTOM - value * (BOTTOM - TOP) / scale
}
function text(x, y, anchor, s)
{
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, s
}
# Where the label of line m stands: at its end, but not on another label.
function label_at(m,  k, moved)
{
    label[m] = last[m]
    do {
        moved = 0
        for (k = 1; k < m; k++)
            if (label[m] > label[k] - 13 && label[m] < label[k] + 13) {
                label[m] = label[k] - 13
                moved = 1
            }
    } while (moved)
    return label[m]
}
END {
    LEFT = 70; RIGHT = 560; TOP = 30; BOTTOM = 300
    split("#1b6ca8 #c8553d #3a7d44 #7b4b94", colour, " ")
    step = 100
    while (top / step > 8)
        step *= (step ~ /^1/ ? 2 : step ~ /^2/ ? 2.5 : 2)
    scale = (int(top / step) + 1) * step
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"350\" font-family=\"sans-serif\" font-size=\"12\">"
    print "<rect width=\"720\" height=\"350\" fill=\"white\"/>"
    for (v = 0; v <= scale; v += step) {
        printf "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>\n", LEFT, y_of(v), RIGHT, y_of(v)
        text(LEFT - 8, y_of(v) + 4, "end", v)
    }
    for (i = 1; i <= numbers; i++)
        text(x_of(i), BOTTOM + 18, "middle", at[i])
    text((LEFT + RIGHT) / 2, BOTTOM + 40, "middle", "number of " what)
    text(LEFT, TOP - 12, "start", "guest instructions (median; bar: minimum to 90 %)")
    for (m = 1; m <= measures; m++) {
        points = ""
        for (i = 1; i <= numbers; i++) {
            if (!((name[m], at[i]) in median))
                continue
            points = points sprintf("%.1f,%.1f ", x_of(i), y_of(median[name[m], at[i]]))
            printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"4\" opacity=\"0.4\"/>\n",
                x_of(i), y_of(low[name[m], at[i]]), x_of(i), y_of(high[name[m], at[i]]), colour[m]
            printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", x_of(i),
                y_of(median[name[m], at[i]]), colour[m]
            last[m] = y_of(median[name[m], at[i]])
        }
        printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", points, colour[m]
        printf "<g fill=\"%s\">", colour[m]
        text(RIGHT + 10, label_at(m) + 4, "start", name[m] " " median[name[m], at[numbers]])
        print "</g>"
    }
    print "</svg>"
}
