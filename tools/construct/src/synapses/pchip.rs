//! Monotone piecewise cubic interpolation (Fritsch and Butland 1984), in the order of scipy's `PchipInterpolator`.

/// Cubics between nodes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pchip {
    /// For each piece the coefficients of h^0 … h^3, h counted from its left node.
    pieces: Vec<[f64; 4]>,
}

impl Pchip {
    /// Through values at ascending nodes; a single one is a constant.
    pub(super) fn new(x: &[f64], y: &[f64]) -> Pchip {
        let n = x.len();
        if n < 2 {
            return Pchip { pieces: vec![[y.first().copied().unwrap_or(0.0), 0.0, 0.0, 0.0]] };
        }
        let step: Vec<f64> = x.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let slope: Vec<f64> = y.windows(2).zip(&step).map(|(pair, step)| (pair[1] - pair[0]) / step).collect();
        let derivative = derivatives(&step, &slope);
        let piece = |k: usize| {
            let (left, right) = (derivative[k], derivative[k + 1]);
            let third = (left + right - 2.0 * slope[k]) / step[k];
            [y[k], left, (slope[k] - left) / step[k] - third, third / step[k]]
        };
        Pchip { pieces: (0..n - 1).map(piece).collect() }
    }

    /// The value at `h` beyond the left node of piece `piece`.
    pub(super) fn at(&self, piece: usize, h: f64) -> f64 {
        let [a, b, c, d] = self.pieces[piece.min(self.pieces.len() - 1)];
        a + b * h + c * (h * h) + d * (h * h * h)
    }
}

/// The piece that holds `at`: the last whose left node is not beyond it. The last node closes the last piece.
pub(super) fn piece(x: &[f64], at: f64) -> usize {
    x.partition_point(|node| *node <= at).saturating_sub(1).min(x.len().saturating_sub(2))
}

fn derivatives(step: &[f64], slope: &[f64]) -> Vec<f64> {
    let n = step.len() + 1;
    if n == 2 {
        return vec![slope[0]; 2];
    }
    let mut out = vec![end(step[0], step[1], slope[0], slope[1])];
    for k in 1..n - 1 {
        let (before, after) = (slope[k - 1], slope[k]);
        if sign(before) != sign(after) || before == 0.0 || after == 0.0 {
            out.push(0.0);
            continue;
        }
        let (first, second) = (2.0 * step[k] + step[k - 1], step[k] + 2.0 * step[k - 1]);
        out.push(1.0 / ((first / before + second / after) / (first + second)));
    }
    out.push(end(step[n - 2], step[n - 3], slope[n - 2], slope[n - 3]));
    out
}

/// One-sided three-point estimate that keeps the shape.
fn end(near: f64, next: f64, slope: f64, slope_next: f64) -> f64 {
    let estimate = ((2.0 * near + next) * slope - near * slope_next) / (near + next);
    if sign(estimate) != sign(slope) {
        0.0
    } else if sign(slope) != sign(slope_next) && estimate.abs() > 3.0 * slope.abs() {
        3.0 * slope
    } else {
        estimate
    }
}

/// -1, 0 or 1.
fn sign(value: f64) -> i8 {
    i8::from(value > 0.0) - i8::from(value < 0.0)
}
