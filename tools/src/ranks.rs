//! Lines such as `mpirun -np 4 generate-distance-connections …` work as they are: the first process does everything,
//! with all cores of its machine, and the others have nothing to do. Results do not depend on the number.

/// What a launcher says of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Launched {
    /// Number of this process.
    pub rank: usize,
    /// Number of processes.
    pub size: usize,
}

/// Variables with rank and size: Open MPI, MPICH and other users of PMI, Slurm's own launcher.
const VARIABLES: [(&str, &str); 3] = [
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("PMI_RANK", "PMI_SIZE"),
    ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
];

/// Which of several processes this is, if a launcher started several.
pub fn launched(variable: impl Fn(&str) -> Option<String>) -> Option<Launched> {
    let number = |name: &str| variable(name)?.trim().parse::<usize>().ok();
    let found = VARIABLES.iter().find_map(|(rank, size)| Some(Launched { rank: number(rank)?, size: number(size)? }));
    found.filter(|one| one.size > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launchers_say_who_we_are() {
        let with = |all: &'static [(&str, &str)]| {
            launched(|name| all.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(with(&[]), None);
        assert_eq!(
            with(&[("OMPI_COMM_WORLD_RANK", "2"), ("OMPI_COMM_WORLD_SIZE", "4")]),
            Some(Launched { rank: 2, size: 4 })
        );
        assert_eq!(with(&[("PMI_RANK", "0"), ("PMI_SIZE", "1")]), None);
        // A batch script is process 0 of no step.
        assert_eq!(with(&[("SLURM_PROCID", "0")]), None);
    }
}
