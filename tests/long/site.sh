# The pages of the manual in a browser, at the width of a desktop and of a phone: nothing sticks out, every picture is drawn.
command -v chromium >/dev/null || { echo "needs chromium"; exit 77; }
make -s -C "$(dirname "$CRNLC")" html
pages=$(dirname "$CRNLC")/html/pages
cat >look.html <<'END'
<html><body><pre id="said"></pre><script>
const pages = PAGES, said = document.getElementById("said");
async function look() {
  let wrong = 0;
  for (const width of [1280, 390]) {
    for (const page of pages) {
      const frame = document.createElement("iframe");
      frame.style.cssText = `width:${width}px;height:800px;border:0`;
      frame.src = page;
      await new Promise(done => { frame.onload = done; document.body.append(frame); });
      const d = frame.contentDocument, sticks = d.documentElement.scrollWidth - width;
      const undrawn = [...d.images].filter(i => i.loading != "lazy" && i.naturalWidth == 0).length;
      if (sticks > 0 || undrawn) { said.append(`${page} at ${width}: ${sticks} too wide, ${undrawn} pictures missing\n`); wrong++; }
      frame.remove();
    }
  }
  said.append(`${pages.length} pages at two widths, ${wrong} wrong\nend\n`);
}
look();
</script></body></html>
END
list=$(find "$pages" -name '*.html' ! -path '*/_static/*' ! -name search.html | sort | sed 's/.*/"file:\/\/&",/')
sed -i "s|PAGES|[$(echo $list)]|" look.html
timeout 900 chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --disable-web-security \
    --user-data-dir="$PWD/profile" --virtual-time-budget=1000000 --dump-dom "file://$PWD/look.html" >dom.html 2>browser.log
sed -n '/<pre id="said">/,/<\/pre>/p' dom.html | sed 's/<[^>]*>//g' >said
cat said
grep -q ' 0 wrong$' said
