// Draws the map of the site: `map.svg` has the shape of each country under its code, `places.json`
// the point at which its mark stands. JEJARING_COUNTRIES names the table of countries.
import { readFileSync, writeFileSync } from 'node:fs';
import { geoArea, geoEqualEarth, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';

const WIDTH = 2000;
const modules = new URL('./node_modules/world-atlas/', import.meta.url);
const read = (path) => readFileSync(path, 'utf8');

/** The shapes of a scale. */
function shapes(scale) {
  const atlas = JSON.parse(read(new URL(`countries-${scale}.json`, modules)));
  return feature(atlas, atlas.objects.countries).features;
}

/** The codes of today's countries by the numbers that shapes go by. */
function codes() {
  const rows = read(process.env.JEJARING_COUNTRIES).trim().split('\n').slice(1);
  const cells = rows.map((row) => row.trim().split(','));
  return new Map(cells.filter(([code]) => code.length === 2).map((row) => [row[2], row[0]]));
}

const known = codes();
// Kosovo has no number. Other land without one is drawn, and stands for no country.
const codeOf = ({ id, properties }) => (properties.name === 'Kosovo' ? 'XK' : known.get(id));

// Antarctica would take up a fifth of the map.
const coarse = shapes('110m').filter(({ id }) => id !== '010');
const drawn = new Set(coarse.map(codeOf));
const fine = shapes('50m').filter((shape) => codeOf(shape) && !drawn.has(codeOf(shape)));
const all = [...coarse, ...fine.filter(({ id }) => id !== '010')];

// The Pacific in the middle and the edge in the Atlantic: no country of the tropics is cut.
const projection = geoEqualEarth().rotate([-150, 0]);
const world = { type: 'FeatureCollection', features: all };
projection.fitWidth(WIDTH, world);
const height = Math.ceil(geoPath(projection).bounds(world)[1][1]);

/** A path of whole numbers, each point as its distance from the one before. */
function outline(shape) {
  const rings = [];
  const add = (x, y) => {
    const point = [Math.round(x), Math.round(y)];
    const last = rings.at(-1).at(-1);
    if (!last || last[0] !== point[0] || last[1] !== point[1]) rings.at(-1).push(point);
  };
  const context = {
    moveTo: (x, y) => (rings.push([]), add(x, y)),
    lineTo: add,
    closePath: () => {},
  };
  geoPath(projection, context)(shape);
  const written = rings.filter((ring) => ring.length > 2).map((ring) => {
    const steps = ring.slice(1).map(([x, y], place) => [x - ring[place][0], y - ring[place][1]]);
    return `M${ring[0]}l${steps.flat()}z`;
  });
  return written.join('').replaceAll(',-', '-');
}

/** The point of a country: in the middle of its largest part. */
function point(shape) {
  const { type, coordinates } = shape.geometry;
  const parts = (type === 'Polygon' ? [coordinates] : coordinates).map((part) => ({
    type: 'Polygon',
    coordinates: part,
  }));
  parts.sort((one, other) => geoArea(other) - geoArea(one));
  return geoPath(projection).centroid(parts[0]);
}

const paths = [];
const places = {};
for (const shape of all) {
  const [code, path] = [codeOf(shape), outline(shape)];
  if (path) paths.push(`<path${code ? ` id="${code}"` : ''} d="${path}"/>`);
  if (code) places[code] = point(shape).map(Math.round);
}
const dots = JSON.parse(read(new URL('./dots.json', import.meta.url)));
for (const [code, place] of Object.entries(dots)) {
  places[code] ??= projection(place).map(Math.round);
}

const licence = read(new URL('LICENSE', modules)).trim();
const lines = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}">`,
  `<!-- Shapes: Natural Earth, by way of the package world-atlas.\n\n${licence}\n-->`,
  '<g id="world">',
  ...paths,
  '</g>',
  '</svg>',
];
writeFileSync('map.svg', `${lines.join('\n')}\n`);
writeFileSync('places.json', JSON.stringify({ width: WIDTH, height, places }));
