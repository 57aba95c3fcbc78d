//! Reduced cells: templates of one or two compartments that take parameters instead of a tree (MiV-Simulator: cells.py,
//! `PRneuron`, `BRKneuron`, `SCneuron`).

use cable::SectionId;
use hoc_parser::Cell;
use indexmap::IndexMap;

use crate::network::cells::CellSections;

/// Which reduced cell a template is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduced {
    /// Pinsky and Rinzel, with KAHP.
    PinskyRinzel,
    /// Pinsky and Rinzel, without KAHP.
    PinskyRinzelPlain,
    /// Booth, Rinzel and Kiehn.
    BoothRinzelKiehn,
    /// One compartment, without parameters.
    SingleCompartment,
}

/// Parameters of a Pinsky-Rinzel cell; those of the second list are KAHP's.
const PINSKY_RINZEL: [&str; 18] = [
    "pp",
    "Ltotal",
    "gc",
    "soma_gmax_Na",
    "soma_gmax_K",
    "soma_g_pas",
    "dend_gmax_Ca",
    "dend_gmax_KCa",
    "dend_g_pas",
    "dend_d_Caconc",
    "dend_beta_Caconc",
    "global_cm",
    "global_diam",
    "ic_constant",
    "cm_ratio",
    "e_pas",
    "V_rest",
    "V_threshold",
];
const KAHP: [&str; 3] = ["dend_gmax_KAHP", "dend_aqs_KAHP", "dend_bq_KAHP"];
const BOOTH_RINZEL_KIEHN: [&str; 25] = [
    "pp",
    "Ltotal",
    "gc",
    "soma_gmax_Na",
    "soma_gmax_K",
    "soma_gmax_KCa",
    "soma_gmax_CaN",
    "soma_g_pas",
    "dend_gmax_CaL",
    "dend_gmax_CaN",
    "dend_gmax_KCa",
    "dend_g_pas",
    "soma_f_Caconc",
    "soma_alpha_Caconc",
    "soma_kCa_Caconc",
    "dend_f_Caconc",
    "dend_alpha_Caconc",
    "dend_kCa_Caconc",
    "global_cm",
    "global_diam",
    "ic_constant",
    "cm_ratio",
    "e_pas",
    "V_rest",
    "V_threshold",
];

impl Reduced {
    /// The reduced cell that a template of this name is; as in MiV-Simulator the name decides.
    pub fn of_template(name: &str) -> Option<Reduced> {
        match name.to_ascii_lowercase().as_str() {
            "pr_nrn" => Some(Reduced::PinskyRinzel),
            "prn_nrn" => Some(Reduced::PinskyRinzelPlain),
            "brk_nrn" => Some(Reduced::BoothRinzelKiehn),
            "sc_nrn" => Some(Reduced::SingleCompartment),
            _ => None,
        }
    }

    /// Key of its parameters in the mechanism file; none if it takes no parameters.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Reduced::PinskyRinzel | Reduced::PinskyRinzelPlain => Some("PinskyRinzel"),
            Reduced::BoothRinzelKiehn => Some("BoothRinzelKiehn"),
            Reduced::SingleCompartment => None,
        }
    }

    /// Names of its parameters, each of which the mechanism file must have.
    pub fn parameters(self) -> Vec<&'static str> {
        match self {
            Reduced::PinskyRinzel => [&PINSKY_RINZEL[..], &KAHP].concat(),
            Reduced::PinskyRinzelPlain => PINSKY_RINZEL.to_vec(),
            Reduced::BoothRinzelKiehn => BOOTH_RINZEL_KIEHN.to_vec(),
            Reduced::SingleCompartment => Vec::new(),
        }
    }

    /// Reads the parameters from the text of a mechanism file. The error says what is wrong and what to do.
    pub fn read(self, text: &str) -> Result<IndexMap<String, f64>, String> {
        let Some(key) = self.key() else { return Ok(IndexMap::new()) };
        let groups: IndexMap<String, serde_json::Value> =
            serde_yaml::from_str(text).map_err(|error| format!("{error}; correct the text"))?;
        if let Some((other, _)) = groups.iter().find(|(name, _)| name.as_str() != key) {
            return Err(format!("`{other}` is not supported for this cell; remove it (there may be `{key}` only)"));
        }
        let group = groups.get(key).ok_or_else(|| format!("`{key}` is missing; add it with the cell's parameters"))?;
        let group = group.as_object().ok_or_else(|| format!("`{key}` is no mapping; write name: number under it"))?;
        let names = self.parameters();
        if let Some(name) = names.iter().find(|name| !group.contains_key(**name)) {
            return Err(format!("`{name}` is missing in `{key}`; add it with a number"));
        }
        let number = |(name, value): (&String, &serde_json::Value)| {
            if !names.contains(&name.as_str()) {
                let near = cable::nearest(name, names.iter().copied());
                let near =
                    near.first().map_or_else(|| "remove it".to_owned(), |near| format!("did you mean `{near}`?"));
                return Err(format!("`{key}` has no parameter `{name}`; {near}"));
            }
            let number = value.as_f64().filter(|number| number.is_finite());
            Ok((name.clone(), number.ok_or_else(|| format!("`{name}` is {value}; write a number"))?))
        };
        group.iter().map(number).collect()
    }
}

/// Sections of a reduced cell: synapses of all dendrites are on `dend`, all others on `soma`.
pub fn reduced_sections_of(cell: &Cell) -> CellSections {
    let list = |sections: Vec<hoc_parser::host::SectionId>| sections.into_iter().map(|one| SectionId(one.0)).collect();
    CellSections {
        all: list(cell.section_list("sections")),
        soma: list(cell.sections("soma")),
        apical: list(cell.sections("dend")),
        reduced: true,
        ..CellSections::default()
    }
}

/// The section of a reduced cell that takes the synapses of an SWC type.
pub fn reduced_section(cell: &CellSections, swc: &str) -> Option<SectionId> {
    let own = match swc {
        "apical" | "basal" => cell.apical.first(),
        "soma" | "axon" | "ais" | "hillock" => cell.soma.first(),
        _ => None,
    };
    own.or(cell.all.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(change: impl Fn(&str) -> Option<String>) -> String {
        let names = Reduced::PinskyRinzel.parameters();
        let lines = names.iter().filter_map(|name| change(name)).map(|line| format!("  {line}\n"));
        format!("PinskyRinzel:\n{}", lines.collect::<String>())
    }

    #[test]
    fn all_parameters_are_read() {
        let read = Reduced::PinskyRinzel.read(&text(|name| Some(format!("{name}: 1.5e-05")))).unwrap();
        assert_eq!(read.len(), 21);
        assert!(read.values().all(|value| *value == 1.5e-5));
        // A cell without KAHP does not take its parameters.
        let error = Reduced::PinskyRinzelPlain.read(&text(|name| Some(format!("{name}: 1")))).unwrap_err();
        assert!(error.contains("no parameter `dend_aqs_KAHP`"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let says = |text: &str| Reduced::PinskyRinzel.read(text).unwrap_err();
        let without = says(&text(|name| (name != "gc").then(|| format!("{name}: 1"))));
        assert_eq!(without, "`gc` is missing in `PinskyRinzel`; add it with a number");
        let word = says(&text(|name| Some(format!("{name}: {}", if name == "pp" { "half" } else { "1" }))));
        assert_eq!(word, "`pp` is \"half\"; write a number");
        let other = says("BoothRinzelKiehn: {pp: 1}");
        assert!(other.starts_with("`BoothRinzelKiehn` is not supported for this cell"), "{other}");
        assert!(says("").contains("`PinskyRinzel` is missing"), "{}", says(""));
        assert!(Reduced::SingleCompartment.read("anything").unwrap().is_empty());
    }
}
