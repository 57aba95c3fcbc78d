//! All diagnostic codes of the compiler, each with a one-line meaning.
//!
//! A code never changes its meaning and is never reused. `M01` text, `M02` declarations, `M03` the NEURON block and
//! ions, `M04` code, `M05` not supported yet, `M06` units, `M07` VERBATIM.

/// Codes of what is supported by now; they stay taken.
pub const RETIRED: &[&str] = &[
    "M0501", "M0502", "M0504", "M0505", "M0506", "M0507", "M0508", "M0509", "M0510", "M0511", "M0512", "M0517",
    "M0518", "M0520",
];

macro_rules! codes {
    ($($name:ident = $code:literal, $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $name: &str = $code;)*
        /// Every code with its meaning.
        pub const ALL: &[(&str, &str)] = &[$(($code, $meaning)),*];
    };
}

codes! {
    SYNTAX = "M0101", "A token stands where the grammar has no place for it.";
    UNKNOWN_CHARACTER = "M0102", "A character that NMODL does not have.";
    UNTERMINATED = "M0103", "A VERBATIM, COMMENT, string or unit is not closed.";
    UNCLOSED_BLOCK = "M0104", "A block is not closed by `}`.";
    TOO_DEEP = "M0105", "Expressions or blocks are nested too deeply.";
    OBSOLETE = "M0106", "A keyword that NEURON does not accept any more.";
    INCLUDE_NOT_FOUND = "M0107", "An INCLUDEd file that is not there.";
    INCLUDE_LOOP = "M0108", "Files that INCLUDE each other without end.";

    UNDECLARED = "M0201", "A name is used and never declared.";
    DUPLICATE = "M0202", "A name is declared twice.";
    RESERVED = "M0203", "A name of NMODL's own is declared.";
    NOT_DECLARED_IN_LIST = "M0204", "A name in a list of the NEURON block is not declared.";
    BAD_DEFINE = "M0205", "A DEFINE that cannot hold.";
    BAD_ARRAY = "M0206", "An array without index, or an index on what is no array.";
    NAMED_LIKE_FUNCTION = "M0207", "A name is both a variable and a function.";
    STATE_NAME = "M0208", "A STATE's name collides with a derivative of another STATE.";
    BAD_START = "M0209", "START or a tolerance outside STATE.";
    DECLARED_BY_USE = "M0210", "A current or an ion's variable that only the NEURON block names.";

    NO_NAME = "M0301", "The NEURON block says neither SUFFIX, POINT_PROCESS nor ARTIFICIAL_CELL.";
    TWO_NAMES = "M0302", "The NEURON block names the mechanism twice.";
    BAD_ION_VARIABLE = "M0303", "A USEION variable is none of the ion's variables.";
    ION_TWICE = "M0304", "The same ion in two USEIONs.";
    RANGE_OF_SPECIAL = "M0305", "RANGE or GLOBAL of a variable that belongs to NEURON.";
    GLOBAL_STATE = "M0306", "A STATE is GLOBAL, or a name is both RANGE and GLOBAL.";
    NET_RECEIVE_IN_DENSITY = "M0307", "NET_RECEIVE in a mechanism that is no point process.";
    TWO_BLOCKS = "M0308", "A block that may be there once is there twice.";
    DESTRUCTOR_IN_DENSITY = "M0309", "DESTRUCTOR in a density mechanism.";
    ARTIFICIAL_CELL_LIMIT = "M0310", "An artificial cell has no node: no ions, no currents, no BREAKPOINT.";
    CONSTANT_ION = "M0311", "An ion variable is a CONSTANT.";
    NET_RECEIVE_ARGUMENTS = "M0312", "NET_RECEIVE has no argument.";
    CURRENT_TWICE = "M0313", "A current is listed twice.";
    BAD_MOMENT = "M0314", "BEFORE or AFTER of a phase that NEURON does not have.";

    ARITY = "M0401", "A call with the wrong number of arguments.";
    READ_ONLY = "M0402", "An assignment to what cannot be assigned.";
    UNKNOWN_SOLVE = "M0403", "SOLVE of a block that is not there.";
    METHOD_MISMATCH = "M0404", "A METHOD that does not fit the block.";
    NOT_A_FUNCTION = "M0405", "A call of a name that is no function.";
    NOT_A_STATE = "M0406", "A derivative or reaction of what is no STATE.";
    MISPLACED = "M0407", "A statement in a block that does not allow it.";
    EVENT_OUTSIDE = "M0408", "net_send, net_event or net_move where no event is handled.";
    BAD_TABLE = "M0409", "A TABLE that NEURON does not accept.";
    SOLVE_AFTER_BLOCK = "M0410", "SOLVE stands after the DERIVATIVE block it names.";
    NO_EQUATION = "M0411", "A DERIVATIVE block without an equation, or a KINETIC block without a reaction.";
    STRING_VALUE = "M0412", "A string where a number is needed.";
    NO_VALUE = "M0413", "The value of a call that has none.";
    SOLVE_WITHOUT_METHOD = "M0414", "SOLVE of a DERIVATIVE block without METHOD advances nothing.";
    IGNORED = "M0415", "A statement without effect here.";
    BAD_RANDOM = "M0416", "A RANDOM variable where only random_* may use it, or random_* without one.";
    OWN_VOLTAGE = "M0418", "An assignment to v, which only this mechanism sees.";
    ARBOR_FUNCTION = "M0419", "A function that Arbor has and NEURON has not.";
    FLUX_OUTSIDE = "M0420", "f_flux or b_flux where there is no reaction.";
    BAD_POINTER = "M0421", "nrn_pointing of what is no POINTER.";
    NETCON_ARGUMENTS = "M0422", "FOR_NETCONS with another number of arguments than NET_RECEIVE.";
    BAD_LAG = "M0423", "A LAG whose name or delay is not a variable.";
    OPERATOR_IN_EQUATION = "M0417", "NEURON refuses this operator in an equation; here it is evaluated.";

    UNSUPPORTED_DISCRETE = "M0503", "DISCRETE is not supported yet.";
    UNSUPPORTED_METHOD = "M0513", "A METHOD that is not supported yet.";
    UNSUPPORTED_FUNCTION = "M0514", "A built-in function that is not supported yet.";
    UNSUPPORTED_CONDUCTANCE = "M0515", "CONDUCTANCE is not supported yet.";
    UNSUPPORTED_ORDER = "M0516", "Equations of second or higher order are not supported yet.";
    UNSUPPORTED_RANDOM = "M0519", "This random function is not supported yet.";

    UNKNOWN_UNIT = "M0601", "A unit that is not in the table.";
    UNIT_DIMENSION = "M0602", "Two units of different dimension.";
    UNIT_REDEFINED = "M0603", "A unit is defined twice with different values.";
    UNIT_SYNTAX = "M0604", "A unit that cannot be read.";

    UNKNOWN_VERBATIM = "M0701", "A VERBATIM block that is not recognised.";
    VERBATIM_OBJECTS = "M0703", "A VERBATIM block that needs hoc's objects, pointers or strings.";
    BBCOREPOINTER_UNUSED = "M0702", "A BBCOREPOINTER that no recognised VERBATIM uses.";

    RECURSION = "M0801", "A FUNCTION or PROCEDURE calls itself.";
    ARRAY_EQUATION = "M0802", "An array STATE has a differential equation.";
    KINETIC_INDEX = "M0803", "A reaction names an element of an array that is not known from the text.";
    KINETIC_CONSERVE = "M0804", "A CONSERVE whose states are all taken by other CONSERVEs.";
    KINETIC_SUM = "M0807", "A rate that is a sum, of which NEURON multiplies only the last term.";
    TOO_LARGE = "M0808", "Calls and loops expand to more code than a kernel may hold.";
    SOLVE_INSIDE_SOLVE = "M0805", "A SOLVE inside a block that is itself being solved.";
    STEADY_STATE_METHOD = "M0806", "STEADYSTATE of a block that is no KINETIC.";
    EQUATION_COUNT = "M0809", "A LINEAR or NONLINEAR block with more or fewer equations than states.";
    NOT_LINEAR = "M0810", "An equation of a LINEAR block that is not linear in its states.";
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_code_has_two_meanings() {
        let mut codes: Vec<&str> =
            super::ALL.iter().map(|(code, _)| *code).chain(super::RETIRED.iter().copied()).collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
