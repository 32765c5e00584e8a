"""Figure 4B of paper 000: draw_machine.py bm.json bm.svg draws the machine that mnist.crnl has learned. Of its connections the tenth
with the largest weights is shown, positive ones blue, negative ones red."""
import json
import sys

w = json.load(open(sys.argv[1]))["w"]
names = ["pixel"] * 100 + ["label"] * 10 + ["h"] * 40
assert len(w) == len(names)


def place(i):
    """Pixels as in the image, hidden units in two columns beside it, labels at the right."""
    if i < 100:
        return 40 + 34 * (i % 10), 50 + 34 * (i // 10)
    if i < 110:
        return 640, 50 + 34 * (i - 100)
    return 460 + 60 * ((i - 110) % 2), 42 + 17 * ((i - 110) // 2)


pairs = sorted(((abs(w[i][j]), i, j) for i in range(150) for j in range(i)), reverse=True)
shown = pairs[: len(pairs) // 10]
largest = shown[0][0]
out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 420" font-family="sans-serif" font-size="13">',
       '<rect width="700" height="420" fill="white"/>']
for size, i, j in reversed(shown):
    (a, b), (c, d) = place(i), place(j)
    colour = "#2166ac" if w[i][j] > 0 else "#b2182b"
    out.append(f'<line x1="{a}" y1="{b}" x2="{c}" y2="{d}" stroke="{colour}" stroke-opacity="{0.1 + 0.5 * size / largest:.3f}"/>')
for i, name in enumerate(names):
    x, y = place(i)
    fill = {"pixel": "#f7f7f7", "label": "#fddbc7", "h": "#d1e5f0"}[name]
    out.append(f'<circle cx="{x}" cy="{y}" r="{9 if name == "label" else 6}" fill="{fill}" stroke="#333"/>')
    if name == "label":
        out.append(f'<text x="{x}" y="{y + 4}" text-anchor="middle">{i - 100}</text>')
for x, text in ((193, "100 pixels"), (490, "40 hidden units"), (640, "labels")):
    out.append(f'<text x="{x}" y="22" text-anchor="middle">{text}</text>')
out.append(f'<text x="193" y="410" text-anchor="middle">{len(shown)} of {len(pairs)} connections</text></svg>')
open(sys.argv[2], "w").write("\n".join(out) + "\n")
