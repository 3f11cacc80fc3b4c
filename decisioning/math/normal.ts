/** Coefficients from the constant term upwards. */
type Polynomial = readonly number[];

const CDF_FRACTION_FROM = 7.07106781186547;
const SQRT_TWO_PI = 2.5066282746310007;

// Hart's algorithm 5666 as given by West, "Better approximations to cumulative normal functions", Wilmott 2005.
const CDF_NUMERATOR: Polynomial = [
  220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165, 0.700383064443688,
  0.0352624965998911,
];
const CDF_DENOMINATOR: Polynomial = [
  440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461, 16.064177579207,
  1.75566716318264, 0.0883883476483184,
];

// Wichura, algorithm AS 241 (PPND16), Applied Statistics 37, 1988: centre, tail and far tail, each a ratio.
const CENTRE: readonly [Polynomial, Polynomial] = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
];
const TAIL: readonly [Polynomial, Polynomial] = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
const FAR_TAIL: readonly [Polynomial, Polynomial] = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];

/** Φ(z), the standard normal distribution function, to 1e-14 absolute. */
export function normalCdf(z: number): number {
  const size = Math.abs(z);
  if (Number.isNaN(size)) return Number.NaN;
  const tail = lowerTail(size);
  return z > 0 ? 1 - tail : tail;
}

/** Φ⁻¹(p), the standard normal quantile, to 1e-15 relative; ∓∞ at 0 and 1, NaN outside. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-Math.log(tail));
  const size = r <= 5 ? ratio(TAIL, r - 1.6) : ratio(FAR_TAIL, r - 5);
  return q < 0 ? -size : size;
}

function lowerTail(size: number): number {
  const density = Math.exp((-size * size) / 2);
  if (size < CDF_FRACTION_FROM) return (density * polynomial(CDF_NUMERATOR, size)) / polynomial(CDF_DENOMINATOR, size);
  return density / SQRT_TWO_PI / (size + 1 / (size + 2 / (size + 3 / (size + 4 / (size + 0.65)))));
}

function ratio([numerator, denominator]: readonly [Polynomial, Polynomial], x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function polynomial(coefficients: Polynomial, x: number): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + coefficients[i]!;
  return value;
}
