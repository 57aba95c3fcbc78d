//! The generator against numbers drawn by numpy (`reference/numpy_random.py`): every bit must agree.

use model::numpy::{Invalid, RandomState, pairwise_sum};
use serde_json::Value;

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/numpy_random.json")).expect("the numbers are JSON")
}

fn list<T: serde::de::DeserializeOwned>(value: &Value) -> Vec<T> {
    serde_json::from_value(value.clone()).expect("a list of numbers")
}

fn generator(stream: &Value) -> RandomState {
    let seed = stream["seed"].as_i64().expect("a seed");
    RandomState::with_seed(seed).expect("a seed of 32 bits")
}

/// Draws as often as numpy did and compares each draw and what follows.
fn compare<T: serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
    name: &str,
    mut draw: impl FnMut(&mut RandomState, &Value) -> T,
) {
    let reference = reference();
    let stream = &reference[name];
    let mut random = generator(stream);
    let numpy: Vec<T> = list(&stream["values"]);
    for (number, expected) in numpy.into_iter().enumerate() {
        assert_eq!(draw(&mut random, stream), expected, "draw {number}");
    }
    assert_eq!(random.random_sample(), stream["next"], "what was consumed");
}

#[test]
fn uniform_values() {
    compare("random_sample", |random, _| random.random_sample());
    compare("uniform", |random, _| random.uniform(-1.0, 3.0));
    compare("exponential", |random, _| random.exponential(3.7));
}

#[test]
fn a_key_seeds_as_an_array_does() {
    let stream = &reference()["key"];
    let mut random = RandomState::with_key(&list::<u32>(&stream["seed"]));
    for expected in list::<f64>(&stream["values"]) {
        assert_eq!(random.random_sample(), expected);
    }
}

#[test]
fn pythons_own_generator() {
    for case in list::<(u64, Vec<f64>)>(&reference()["python"]) {
        let mut random = RandomState::python(case.0);
        for expected in case.1 {
            assert_eq!(random.random_sample(), expected, "seed {}", case.0);
        }
    }
}

#[test]
fn normal_values_come_in_pairs() {
    compare("normal", |random, _| random.normal(1.5, 2.0));
    let mut random = RandomState::new(3);
    let first = random.normal(0.0, 1.0);
    random.seed(3);
    assert_eq!(random.normal(0.0, 1.0), first, "seeding drops the second of the pair");
}

#[test]
fn integers_and_permutations() {
    let bounds = [1, 2, 3, 7, 100, 1000, (1 << 31) - 1, 1 << 32, 1 << 40];
    compare("randint", |random, _| bounds.map(|high| random.randint(0, high).expect("a range")));
    compare("permutation", |random, _| random.permutation(13));
}

#[test]
fn choices() {
    compare("choice", |random, stream| random.choice(&list::<f64>(&stream["p"])).expect("probabilities"));
    compare("choices", |random, stream| random.choices(&list::<f64>(&stream["p"]), 5).expect("probabilities"));
    compare("choice_without_replacement", |random, stream| {
        random.choice_without_replacement(&list::<f64>(&stream["p"]), 20).expect("probabilities")
    });
}

#[test]
fn binomial_numbers() {
    let reference = reference();
    let stream = &reference["binomial"];
    let mut random = generator(stream);
    for (n, p, numbers) in list::<(i64, f64, Vec<i64>)>(&stream["cases"]) {
        for expected in numbers {
            assert_eq!(random.binomial(n, p), Ok(expected), "binomial({n}, {p})");
        }
    }
    assert_eq!(random.random_sample(), stream["next"]);
}

#[test]
fn multinomial_numbers() {
    let reference = reference();
    let stream = &reference["multinomial"];
    let mut random = generator(stream);
    for (n, p, expected) in list::<(i64, Vec<f64>, Vec<i64>)>(&stream["cases"]) {
        assert_eq!(random.multinomial(n, &p), Ok(expected), "multinomial({n}, {p:?})");
    }
    assert_eq!(random.random_sample(), stream["next"]);
}

#[test]
fn sums_are_pairwise() {
    let reference = reference();
    let stream = &reference["sums"];
    let mut random = generator(stream);
    let values: Vec<f64> = (0..4100).map(|_| random.random_sample()).collect();
    for (n, expected) in list::<(usize, f64)>(&stream["cases"]) {
        assert_eq!(pairwise_sum(&values[..n]), expected, "{n} values");
    }
}

#[test]
fn what_numpy_refuses_is_refused() {
    let mut random = RandomState::new(1);
    assert!(matches!(RandomState::with_seed(1 << 32), Err(Invalid::Seed(4_294_967_296))));
    assert!(matches!(RandomState::with_seed(-1), Err(Invalid::Seed(-1))));
    assert_eq!(random.choice(&[0.5, 0.4]), Err(Invalid::Sum(0.9)));
    assert_eq!(random.choice(&[1.5, -0.5]), Err(Invalid::Probability { place: 1, probability: -0.5 }));
    let few = random.choice_without_replacement(&[0.5, 0.5, 0.0], 3);
    assert_eq!(few, Err(Invalid::TooFew { wanted: 3, available: 2 }));
    assert_eq!(random.randint(3, 3), Err(Invalid::EmptyRange { low: 3, high: 3 }));
    assert_eq!(random.binomial(-1, 0.5), Err(Invalid::Trials(-1)));
    assert!(matches!(random.binomial(1, f64::NAN), Err(Invalid::Probability { .. })));
    assert!(matches!(random.multinomial(1, &[0.9, 0.9, 0.1]), Err(Invalid::Sum(_))));
    assert_eq!(random.multinomial(1, &[]), Ok(vec![]));
}
