//! Direct solution of the tree matrix in linear time (Hines 1984), in exactly NEURON's order of operations.
//!
//! The matrix has a diagonal `d` and, for each node `i` with parent `p < i`, the element `a[i]` in row `p`, column `i`
//! and `b[i]` in row `i`, column `p`. Roots stand first.

/// The constant part of the matrix.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TreeMatrix {
    /// Number of roots; they are nodes `0..roots`.
    pub roots: usize,
    /// Parent of each node; a root's entry is not looked at.
    pub parent: Vec<u32>,
    /// Effect of node `i` on its parent's equation, S/cm2 (negative).
    pub a: Vec<f64>,
    /// Effect of the parent on node `i`'s equation, S/cm2 (negative).
    pub b: Vec<f64>,
}

impl TreeMatrix {
    /// Adds axial currents to the right-hand side (nrn: src/nrnoc/treeset.cpp, nrn_rhs).
    pub fn add_axial_currents(&self, v: &[f64], rhs: &mut [f64]) {
        for i in self.roots..self.parent.len() {
            let p = self.parent[i] as usize;
            let dv = v[p] - v[i];
            rhs[i] -= self.b[i] * dv;
            rhs[p] += self.a[i] * dv;
        }
    }

    /// Adds axial conductances to the diagonal (nrn: src/nrnoc/treeset.cpp, nrn_lhs).
    pub fn add_axial_conductances(&self, d: &mut [f64]) {
        for i in self.roots..self.parent.len() {
            d[i] -= self.b[i];
            d[self.parent[i] as usize] -= self.a[i];
        }
    }

    /// Solves in place: `rhs` becomes the solution, `d` is spoilt (nrn: src/nrnoc/solve.cpp, triang and bksub).
    pub fn solve(&self, d: &mut [f64], rhs: &mut [f64]) {
        for i in (self.roots..self.parent.len()).rev() {
            let parent = self.parent[i] as usize;
            let p = self.a[i] / d[i];
            d[parent] -= p * self.b[i];
            rhs[parent] -= p * rhs[i];
        }
        for i in 0..self.roots {
            rhs[i] /= d[i];
        }
        for i in self.roots..self.parent.len() {
            rhs[i] -= self.b[i] * rhs[self.parent[i] as usize];
            rhs[i] /= d[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gaussian elimination with partial pivoting.
    fn dense_solve(mut m: Vec<Vec<f64>>, mut rhs: Vec<f64>) -> Vec<f64> {
        let n = rhs.len();
        for k in 0..n {
            let pivot = (k..n).max_by(|&a, &b| m[a][k].abs().total_cmp(&m[b][k].abs())).unwrap();
            m.swap(k, pivot);
            rhs.swap(k, pivot);
            for i in k + 1..n {
                let (above, below) = m.split_at_mut(i);
                let factor = below[0][k] / above[k][k];
                for (to, from) in below[0][k..].iter_mut().zip(&above[k][k..]) {
                    *to -= factor * from;
                }
                rhs[i] -= factor * rhs[k];
            }
        }
        for k in (0..n).rev() {
            let known: f64 = (k + 1..n).map(|j| m[k][j] * rhs[j]).sum();
            rhs[k] = (rhs[k] - known) / m[k][k];
        }
        rhs
    }

    proptest! {
        /// Any forest, diagonally dominant as membranes make it. 1e-10: condition number below 1e5 times rounding.
        #[test]
        fn agrees_with_dense_elimination(
            roots in 1usize..4,
            nodes in prop::collection::vec((any::<u32>(), 0.01f64..10.0, 0.01f64..10.0, 0.001f64..1.0, -5.0f64..5.0), 4..40),
        ) {
            let n = nodes.len();
            let parent: Vec<u32> =
                nodes.iter().enumerate().map(|(i, node)| if i < roots { 0 } else { node.0 % i as u32 }).collect();
            let a: Vec<f64> = nodes.iter().map(|node| -node.1).collect();
            let b: Vec<f64> = nodes.iter().map(|node| -node.2).collect();
            let matrix = TreeMatrix { roots, parent: parent.clone(), a, b };
            let mut d: Vec<f64> = nodes.iter().map(|node| node.3).collect();
            matrix.add_axial_conductances(&mut d);
            let mut rhs: Vec<f64> = nodes.iter().map(|node| node.4).collect();
            let mut full = vec![vec![0.0; n]; n];
            for i in 0..n {
                full[i][i] = d[i];
                if i >= roots {
                    full[parent[i] as usize][i] = matrix.a[i];
                    full[i][parent[i] as usize] = matrix.b[i];
                }
            }
            let expected = dense_solve(full, rhs.clone());
            matrix.solve(&mut d, &mut rhs);
            let scale = expected.iter().fold(1.0f64, |m, x| m.max(x.abs()));
            for (x, y) in rhs.iter().zip(&expected) {
                prop_assert!((x - y).abs() <= 1e-10 * scale, "{x} {y}");
            }
        }
    }
}
