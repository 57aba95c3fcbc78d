//! The words of NMODL.

use logos::Logos;

/// Kind of a token; its text is in the source.
#[derive(Logos, Debug, Clone, Copy, PartialEq, Eq)]
#[logos(skip r"[ \t\r\n\f]+")]
pub(super) enum Token {
    /// `:` or `?` to the end of the line.
    #[regex(r"[:?][^\n\r]*", allow_greedy = true)]
    LineComment,
    /// COMMENT … ENDCOMMENT, or COMMENT to the end of the text.
    #[token("COMMENT", |lex| block(lex, "ENDCOMMENT"))]
    BlockComment,
    /// VERBATIM … ENDVERBATIM, or VERBATIM to the end of the text.
    #[token("VERBATIM", |lex| block(lex, "ENDVERBATIM"))]
    Verbatim,
    /// TITLE to the end of the line.
    #[token("TITLE", rest_of_line)]
    Title,
    #[regex(r"[A-Za-z][A-Za-z0-9_]*")]
    Name,
    /// `x'`, `x''`, …
    #[regex(r"[A-Za-z][A-Za-z0-9_]*'+")]
    Prime,
    #[regex(r"[0-9]+")]
    Integer,
    #[regex(r"[0-9]+\.[0-9]*([Ee][+-]?[0-9]+)?|\.[0-9]+([Ee][+-]?[0-9]+)?|[0-9]+[Ee][+-]?[0-9]+")]
    Real,
    #[regex(r#""[^"]*""#)]
    Text,
    /// A string without its end.
    #[regex(r#""[^"]*"#, allow_greedy = true)]
    OpenText,

    #[token("CONSTANT")]
    Constant,
    #[token("PARAMETER")]
    Parameter,
    #[token("INDEPENDENT")]
    Independent,
    #[token("ASSIGNED")]
    Assigned,
    #[token("STATE")]
    State,
    #[token("UNITS")]
    Units,
    #[token("UNITSON")]
    UnitsOn,
    #[token("UNITSOFF")]
    UnitsOff,
    #[token("NEURON")]
    Neuron,
    #[token("DEFINE")]
    Define,
    #[token("INCLUDE")]
    Include,
    #[token("LOCAL")]
    Local,
    #[token("INITIAL")]
    Initial,
    #[token("BREAKPOINT")]
    Breakpoint,
    #[token("DERIVATIVE")]
    Derivative,
    #[token("KINETIC")]
    Kinetic,
    #[token("LINEAR")]
    Linear,
    #[token("NONLINEAR")]
    Nonlinear,
    #[token("DISCRETE")]
    Discrete,
    #[token("FUNCTION")]
    Function,
    #[token("FUNCTION_TABLE")]
    FunctionTable,
    #[token("PROCEDURE")]
    Procedure,
    #[token("NET_RECEIVE")]
    NetReceive,
    #[token("CONSTRUCTOR")]
    Constructor,
    #[token("DESTRUCTOR")]
    Destructor,
    #[token("BEFORE")]
    Before,
    #[token("AFTER")]
    After,

    #[token("SOLVE")]
    Solve,
    #[token("METHOD")]
    Method,
    #[token("STEADYSTATE")]
    SteadyState,
    #[token("CONDUCTANCE")]
    Conductance,
    #[token("TABLE")]
    Table,
    #[token("DEPEND")]
    Depend,
    #[token("FROM")]
    From,
    #[token("TO")]
    To,
    #[token("BY")]
    By,
    #[token("WITH")]
    With,
    #[token("INT")]
    Int,
    #[token("LAG")]
    Lag,
    #[token("SWEEP")]
    Sweep,
    #[token("START")]
    Start,
    #[token("STEP")]
    Step,
    #[token("CONSERVE")]
    Conserve,
    #[token("COMPARTMENT")]
    Compartment,
    #[token("LONGITUDINAL_DIFFUSION")]
    Diffusion,
    #[token("SOLVEFOR")]
    SolveFor,
    #[token("WATCH")]
    Watch,
    #[token("FOR_NETCONS")]
    ForNetcons,
    #[token("PROTECT")]
    Protect,
    #[token("MUTEXLOCK")]
    MutexLock,
    #[token("MUTEXUNLOCK")]
    MutexUnlock,
    #[token("if")]
    #[token("IF")]
    If,
    #[token("else")]
    #[token("ELSE")]
    Else,
    #[token("while")]
    #[token("WHILE")]
    While,

    #[token("SUFFIX")]
    Suffix,
    #[token("POINT_PROCESS")]
    PointProcess,
    #[token("ARTIFICIAL_CELL")]
    ArtificialCell,
    #[token("NONSPECIFIC_CURRENT")]
    NonspecificCurrent,
    #[token("ELECTRODE_CURRENT")]
    ElectrodeCurrent,
    #[token("RANGE")]
    Range,
    #[token("GLOBAL")]
    Global,
    #[token("POINTER")]
    Pointer,
    #[token("BBCOREPOINTER")]
    BbcorePointer,
    #[token("EXTERNAL")]
    External,
    #[token("RANDOM")]
    Random,
    #[token("THREADSAFE")]
    ThreadSafe,
    #[token("USEION")]
    UseIon,
    #[token("READ")]
    Read,
    #[token("WRITE")]
    Write,
    #[token("VALENCE")]
    #[token("CHARGE")]
    Valence,
    #[token("REPRESENTS")]
    Represents,

    #[token("{")]
    OpenBrace,
    #[token("}")]
    CloseBrace,
    #[token("(")]
    OpenParen,
    #[token(")")]
    CloseParen,
    #[token("[")]
    OpenBracket,
    #[token("]")]
    CloseBracket,
    #[token(",")]
    Comma,
    #[token("@")]
    At,
    #[token("=")]
    Assign,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Times,
    #[token("/")]
    Divide,
    #[token("^")]
    Power,
    #[token("<")]
    Less,
    #[token("<=")]
    LessEqual,
    #[token(">")]
    Greater,
    #[token(">=")]
    GreaterEqual,
    #[token("==")]
    Equal,
    #[token("!=")]
    NotEqual,
    #[token("&&")]
    And,
    #[token("||")]
    Or,
    #[token("!")]
    Not,
    /// `~` and `~+`
    #[token("~")]
    #[token("~+")]
    Tilde,
    #[token("<->")]
    Reversible,
    #[token("->")]
    Arrow,
    #[token("<<")]
    FluxInto,

    /// Nothing of NMODL.
    Unknown,
    /// End of the text.
    End,
}

impl Token {
    /// Whether a block of the top level starts here; no such word can be inside another block.
    pub(super) fn starts_top_level(self) -> bool {
        matches!(
            self,
            Token::Constant
                | Token::Parameter
                | Token::Independent
                | Token::Assigned
                | Token::State
                | Token::Units
                | Token::Neuron
                | Token::Define
                | Token::Include
                | Token::Title
                | Token::Breakpoint
                | Token::Derivative
                | Token::Kinetic
                | Token::Linear
                | Token::Nonlinear
                | Token::Discrete
                | Token::Function
                | Token::FunctionTable
                | Token::Procedure
                | Token::NetReceive
                | Token::Constructor
                | Token::Destructor
                | Token::Before
                | Token::After
        )
    }
}

fn rest_of_line(lexer: &mut logos::Lexer<'_, Token>) {
    let rest = lexer.remainder();
    lexer.bump(rest.find(['\n', '\r']).unwrap_or(rest.len()));
}

/// Goes on to the end of the line that starts with `terminator`, or to the end of the text.
fn block(lexer: &mut logos::Lexer<'_, Token>, terminator: &str) {
    let rest = lexer.remainder();
    lexer.bump(end_of_block(rest, terminator).map_or(rest.len(), |(_, end)| end));
}

/// Where the terminating word starts and where its line ends. The word is the first of a line, blanks before it.
pub(super) fn end_of_block(rest: &str, terminator: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    while let Some(found) = rest.get(at..)?.find(terminator) {
        let start = at + found;
        let end = start + terminator.len();
        let before = &rest[..start];
        let line = before.rfind(['\n', '\r']).map(|newline| &before[newline + 1..]);
        let alone = line.is_some_and(|line| line.chars().all(|c| c == ' ' || c == '\t'))
            && !rest[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if alone {
            let tail = rest[end..].find(['\n', '\r']).unwrap_or(rest.len() - end);
            return Some((start, end + tail));
        }
        at = end;
    }
    None
}
