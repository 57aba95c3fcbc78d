//! numpy's legacy generator, `numpy.random.RandomState`, bit for bit, and its sum of an array.
//!
//! The core is MT19937 from `rand_mt`; the distributions on top are numpy's legacy ones, whose streams numpy guarantees
//! not to change. All arithmetic is IEEE double in numpy's order. `ln` and `exp` are the C library's, as in numpy.

use rand_mt::Mt;

/// What numpy refuses with a ValueError.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Invalid {
    /// A seed outside 0 ≤ seed < 2³².
    #[error("the seed {0} is outside 0 … 4294967295")]
    Seed(i64),
    /// A probability that is negative, above one or no number.
    #[error("the probability {probability} at place {place} is outside 0 … 1")]
    Probability {
        /// Index in the list.
        place: usize,
        /// The value.
        probability: f64,
    },
    /// Probabilities whose sum is not one.
    #[error("the probabilities sum to {0}, not to 1")]
    Sum(f64),
    /// More distinct values wanted than there are values with a probability above zero.
    #[error("{wanted} different values cannot be drawn from {available}")]
    TooFew {
        /// Number of values to draw.
        wanted: usize,
        /// Number of values with a probability above zero.
        available: usize,
    },
    /// An empty range of integers.
    #[error("there is no integer from {low} up to, and without, {high}")]
    EmptyRange {
        /// First integer.
        low: i64,
        /// The integer after the last.
        high: i64,
    },
    /// A negative number of trials.
    #[error("the number of trials {0} is negative")]
    Trials(i64),
}

/// A generator of pseudo-random numbers with numpy's streams.
#[derive(Debug, Clone)]
pub struct RandomState {
    words: Mt,
    /// The second value of the last pair of normal deviates.
    normal: Option<f64>,
}

impl RandomState {
    /// `RandomState(seed)`.
    pub fn new(seed: u32) -> RandomState {
        RandomState { words: Mt::new(seed), normal: None }
    }

    /// `RandomState(seed)` of a number that may be no seed.
    ///
    /// # Errors
    /// The seed is negative or 2³² or more; numpy does not reduce it.
    pub fn with_seed(seed: i64) -> Result<RandomState, Invalid> {
        u32::try_from(seed).map(RandomState::new).map_err(|_| Invalid::Seed(seed))
    }

    /// `RandomState(key)`, and the generator of Python's own `random` (see [`RandomState::python`]).
    pub fn with_key(key: &[u32]) -> RandomState {
        RandomState { words: Mt::new_with_key(key.iter().copied()), normal: None }
    }

    /// The generator of Python's `random.seed(seed)`: its `random.random()` is [`RandomState::random_sample`].
    pub fn python(seed: u64) -> RandomState {
        let (low, high) = (seed as u32, (seed >> 32) as u32);
        if high == 0 { RandomState::with_key(&[low]) } else { RandomState::with_key(&[low, high]) }
    }

    /// `seed(seed)`: starts again; a cached normal deviate is dropped.
    pub fn seed(&mut self, seed: u32) {
        *self = RandomState::new(seed);
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        self.words.next_u32()
    }

    /// `random_sample()`: uniform in \[0, 1), 53 bits of two words.
    pub fn random_sample(&mut self) -> f64 {
        let high = f64::from(self.words.next_u32() >> 5);
        let low = f64::from(self.words.next_u32() >> 6);
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0
    }

    /// `uniform(low, high)`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random_sample()
    }

    /// `exponential(scale)`.
    pub fn exponential(&mut self, scale: f64) -> f64 {
        -(1.0 - self.random_sample()).ln() * scale
    }

    /// `normal(loc, scale)`: Marsaglia's polar method; every second call takes the value kept by the one before,
    /// whatever was drawn between them.
    pub fn normal(&mut self, loc: f64, scale: f64) -> f64 {
        let deviate = match self.normal.take() {
            Some(kept) => kept,
            None => loop {
                let x1 = 2.0 * self.random_sample() - 1.0;
                let x2 = 2.0 * self.random_sample() - 1.0;
                let r2 = x1 * x1 + x2 * x2;
                if r2 < 1.0 && r2 != 0.0 {
                    let factor = (-2.0 * r2.ln() / r2).sqrt();
                    self.normal = Some(factor * x1);
                    break factor * x2;
                }
            },
        };
        loc + scale * deviate
    }

    /// `randint(low, high)`: an integer of low … high − 1 by masked rejection; a range of one integer draws nothing.
    ///
    /// # Errors
    /// The range is empty.
    pub fn randint(&mut self, low: i64, high: i64) -> Result<i64, Invalid> {
        if low >= high {
            return Err(Invalid::EmptyRange { low, high });
        }
        let largest = high.wrapping_sub(1).wrapping_sub(low) as u64;
        Ok(low.wrapping_add(self.interval(largest) as i64))
    }

    /// An integer of 0 … largest: words of 32 bits while they suffice, of 64 bits (high half first) above.
    fn interval(&mut self, largest: u64) -> u64 {
        if largest == 0 {
            return 0;
        }
        let mask = u64::MAX >> largest.leading_zeros();
        loop {
            let mut word = u64::from(self.words.next_u32());
            if largest > u64::from(u32::MAX) {
                word = word << 32 | u64::from(self.words.next_u32());
            }
            if word & mask <= largest {
                return word & mask;
            }
        }
    }

    /// `shuffle(values)`: Fisher and Yates from the end.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            let other = self.interval(last as u64) as usize;
            values.swap(last, other);
        }
    }

    /// `permutation(n)`; its first k entries are `choice(n, k, replace=False)`.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        self.shuffle(&mut order);
        order
    }

    /// `choice(len, p=probabilities)`: one index; always draws one uniform value.
    ///
    /// # Errors
    /// The probabilities are none: negative, or their sum is more than 1.5·10⁻⁸ away from one.
    pub fn choice(&mut self, probabilities: &[f64]) -> Result<usize, Invalid> {
        check_distribution(probabilities)?;
        let cumulated = cumulate(probabilities);
        Ok(self.place(&cumulated))
    }

    /// `choice(len, size, p=probabilities)` with replacement.
    ///
    /// # Errors
    /// As [`RandomState::choice`].
    pub fn choices(&mut self, probabilities: &[f64], size: usize) -> Result<Vec<usize>, Invalid> {
        check_distribution(probabilities)?;
        let cumulated = cumulate(probabilities);
        Ok((0..size).map(|_| self.place(&cumulated)).collect())
    }

    /// `choice(len, size, replace=False, p=probabilities)`: different indices, in the order in which they were found.
    ///
    /// # Errors
    /// As [`RandomState::choice`], or fewer than `size` probabilities are above zero.
    pub fn choice_without_replacement(&mut self, probabilities: &[f64], size: usize) -> Result<Vec<usize>, Invalid> {
        check_distribution(probabilities)?;
        let available = probabilities.iter().filter(|p| **p > 0.0).count();
        if available < size {
            return Err(Invalid::TooFew { wanted: size, available });
        }
        let mut left = probabilities.to_vec();
        let mut taken = vec![false; left.len()];
        let mut found: Vec<usize> = Vec::with_capacity(size);
        while found.len() < size {
            // A whole batch is drawn first; repeats inside it are dropped, and the rest is drawn anew.
            let uniform: Vec<f64> = (found.len()..size).map(|_| self.random_sample()).collect();
            let cumulated = cumulate(&left);
            for u in uniform {
                let index = place(&cumulated, u);
                if !std::mem::replace(&mut taken[index], true) {
                    found.push(index);
                }
            }
            for index in &found {
                left[*index] = 0.0;
            }
        }
        Ok(found)
    }

    fn place(&mut self, cumulated: &[f64]) -> usize {
        let u = self.random_sample();
        place(cumulated, u)
    }

    /// `binomial(n, p)`; n = 0 and p = 0 draw, too.
    ///
    /// # Errors
    /// n is negative or p outside 0 … 1.
    pub fn binomial(&mut self, n: i64, p: f64) -> Result<i64, Invalid> {
        if n < 0 {
            return Err(Invalid::Trials(n));
        }
        if !(0.0..=1.0).contains(&p) {
            return Err(Invalid::Probability { place: 0, probability: p });
        }
        Ok(self.draw_binomial(n, p))
    }

    /// Above one half the failures are drawn instead.
    fn draw_binomial(&mut self, n: i64, p: f64) -> i64 {
        if p <= 0.5 {
            if p * n as f64 <= 30.0 { self.inversion(n, p) } else { self.btpe(n, p) }
        } else {
            let q = 1.0 - p;
            if q * n as f64 <= 30.0 { n - self.inversion(n, q) } else { n - self.btpe(n, q) }
        }
    }

    /// Inverts the distribution function by adding up its terms (numpy's legacy form: `ln q`, not `ln_1p`).
    fn inversion(&mut self, n: i64, p: f64) -> i64 {
        let q = 1.0 - p;
        let none = (n as f64 * q.ln()).exp();
        let mean = n as f64 * p;
        let bound = (n as f64).min(mean + 10.0 * (mean * q + 1.0).sqrt()) as i64;
        let mut successes = 0;
        let mut term = none;
        let mut u = self.random_sample();
        while u > term {
            successes += 1;
            if successes > bound {
                successes = 0;
                term = none;
                u = self.random_sample();
            } else {
                u -= term;
                term = ((n - successes + 1) as f64 * p * term) / (successes as f64 * q);
            }
        }
        successes
    }

    /// Kachitvichyanukul and Schmeiser, "Binomial random variate generation", Comm. ACM 31 (1988): triangle,
    /// parallelogram, two exponential tails. Needs n·p > 30 and p ≤ 1/2. Each round draws two uniform values.
    fn btpe(&mut self, trials: i64, p: f64) -> i64 {
        let n = trials as f64;
        let r = p.min(1.0 - p);
        let q = 1.0 - r;
        let fm = n * r + r;
        let mode = fm.floor();
        let m = mode as i64;
        let p1 = (2.195 * (n * r * q).sqrt() - 4.6 * q).floor() + 0.5;
        let middle = mode + 0.5;
        let left = middle - p1;
        let right = middle + p1;
        let c = 0.134 + 20.5 / (15.3 + mode);
        let slope = (fm - left) / (fm - left * r);
        let lambda_left = slope * (1.0 + slope / 2.0);
        let slope = (right - fm) / (right * q);
        let lambda_right = slope * (1.0 + slope / 2.0);
        let p2 = p1 * (1.0 + 2.0 * c);
        let p3 = p2 + c / lambda_left;
        let p4 = p3 + c / lambda_right;
        let nrq = n * r * q;
        loop {
            let u = self.random_sample() * p4;
            let mut v = self.random_sample();
            if u <= p1 {
                return (middle - p1 * v + u).floor() as i64;
            }
            let y;
            if u <= p2 {
                let x = left + (u - p1) / c;
                v = v * c + 1.0 - (mode - x + 0.5).abs() / p1;
                if v > 1.0 {
                    continue;
                }
                y = x.floor() as i64;
            } else if u <= p3 {
                y = (left + v.ln() / lambda_left).floor() as i64;
                if y < 0 || v == 0.0 {
                    continue;
                }
                v = v * (u - p2) * lambda_left;
            } else {
                y = (right - v.ln() / lambda_right).floor() as i64;
                if y > trials || v == 0.0 {
                    continue;
                }
                v = v * (u - p3) * lambda_right;
            }
            let distance = (y - m).abs();
            let k = distance as f64;
            if distance > 20 && k < nrq / 2.0 - 1.0 {
                // Squeeze, then Stirling's series.
                let rho = (k / nrq) * ((k * (k / 3.0 + 0.625) + 0.166_666_666_666_666_66) / nrq + 0.5);
                let t = -k * k / (2.0 * nrq);
                let a = v.ln();
                if a < t - rho {
                    return y;
                }
                if a > t + rho {
                    continue;
                }
                let x1 = (y + 1) as f64;
                let f1 = (m + 1) as f64;
                let z = (trials + 1 - m) as f64;
                let w = (trials - y + 1) as f64;
                let limit = middle * (f1 / x1).ln()
                    + (n - mode + 0.5) * (z / w).ln()
                    + (y - m) as f64 * (w * r / (x1 * q)).ln()
                    + stirling(f1)
                    + stirling(z)
                    + stirling(x1)
                    + stirling(w);
                if a <= limit {
                    return y;
                }
            } else {
                let s = r / q;
                let a = s * (n + 1.0);
                let mut f = 1.0;
                if m < y {
                    for i in m + 1..=y {
                        f *= a / i as f64 - s;
                    }
                } else {
                    for i in y + 1..=m {
                        f /= a / i as f64 - s;
                    }
                }
                if v <= f {
                    return y;
                }
            }
        }
    }

    /// `multinomial(n, probabilities)`: n trials shared among the probabilities' places; the last probability is not
    /// read, its place takes what is left.
    ///
    /// # Errors
    /// n is negative, a probability is outside 0 … 1, or all but the last sum to more than 1 + 10⁻¹².
    pub fn multinomial(&mut self, n: i64, probabilities: &[f64]) -> Result<Vec<i64>, Invalid> {
        if n < 0 {
            return Err(Invalid::Trials(n));
        }
        check_probabilities(probabilities)?;
        let mut counts = vec![0; probabilities.len()];
        let Some((last, but_last)) = counts.split_last_mut() else { return Ok(counts) };
        let sum = kahan_sum(&probabilities[..but_last.len()]);
        if sum > 1.0 + 1e-12 {
            return Err(Invalid::Sum(sum));
        }
        let mut remaining = 1.0;
        let mut left = n;
        for (count, p) in but_last.iter_mut().zip(probabilities) {
            let share = p / remaining;
            if left > 0 && share != 0.0 {
                *count = self.draw_binomial(left, share);
            }
            left -= *count;
            if left <= 0 {
                return Ok(counts);
            }
            remaining -= p;
        }
        *last = left;
        Ok(counts)
    }
}

/// Stirling's correction of ln x! as BTPE writes it.
fn stirling(x: f64) -> f64 {
    let x2 = x * x;
    (13680.0 - (462.0 - (132.0 - (99.0 - 140.0 / x2) / x2) / x2) / x2) / x / 166_320.0
}

/// Running sums, divided by the last.
fn cumulate(probabilities: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut cumulated: Vec<f64> = probabilities
        .iter()
        .map(|p| {
            sum += p;
            sum
        })
        .collect();
    for value in &mut cumulated {
        *value /= sum;
    }
    cumulated
}

/// `searchsorted(cumulated, u, side="right")`; u < 1 and the last entry is 1.
fn place(cumulated: &[f64], u: f64) -> usize {
    cumulated.partition_point(|c| *c <= u)
}

fn check_probabilities(probabilities: &[f64]) -> Result<(), Invalid> {
    match probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
        Some(place) => Err(Invalid::Probability { place, probability: probabilities[place] }),
        None => Ok(()),
    }
}

/// numpy's conditions on the `p` of `choice`.
fn check_distribution(probabilities: &[f64]) -> Result<(), Invalid> {
    if let Some(place) = probabilities.iter().position(|p| *p < 0.0 || p.is_nan()) {
        return Err(Invalid::Probability { place, probability: probabilities[place] });
    }
    let sum = kahan_sum(probabilities);
    // The square root of the double's epsilon.
    if (sum - 1.0).abs() > f64::EPSILON.sqrt() {
        return Err(Invalid::Sum(sum));
    }
    Ok(())
}

fn kahan_sum(values: &[f64]) -> f64 {
    let Some((first, rest)) = values.split_first() else { return 0.0 };
    let mut sum = *first;
    let mut correction = 0.0;
    for value in rest {
        let y = value - correction;
        let t = sum + y;
        correction = (t - sum) - y;
        sum = t;
    }
    sum
}

/// `numpy.sum` of a contiguous array of doubles: pairwise, eight lanes up to 128 elements.
pub fn pairwise_sum(values: &[f64]) -> f64 {
    let n = values.len();
    if n < 8 {
        return values.iter().fold(0.0, |sum, value| sum + value);
    }
    if n > 128 {
        let half = n / 2 - n / 2 % 8;
        let (front, back) = values.split_at(half);
        return pairwise_sum(front) + pairwise_sum(back);
    }
    let blocks = values.chunks_exact(8);
    let rest = blocks.remainder();
    let mut lanes = [0.0; 8];
    for (number, block) in blocks.enumerate() {
        for (lane, value) in lanes.iter_mut().zip(block) {
            *lane = if number == 0 { *value } else { *lane + value };
        }
    }
    let sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    rest.iter().fold(sum, |sum, value| sum + value)
}
