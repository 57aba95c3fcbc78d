//! Diagnostics as text with source excerpts.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::{Diagnostic, Label, Severity, Sources};

pub(crate) fn render(all: &[&Diagnostic], sources: &Sources, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for one in all {
        let level = match one.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let annotate = |label: &Label, kind: AnnotationKind| {
            let length = sources.file(label.span.file).text.len();
            let start = (label.span.start as usize).min(length);
            let annotation = kind.span(start..(label.span.end as usize).clamp(start, length));
            if label.text.is_empty() { annotation } else { annotation.label(label.text.clone()) }
        };
        let file = sources.file(one.primary.span.file);
        let mut snippet = Snippet::source(&*file.text).path(&*file.name);
        snippet = snippet.annotation(annotate(&one.primary, AnnotationKind::Primary));
        let mut foreign = Vec::new();
        for label in &one.secondary {
            if label.span.file == one.primary.span.file {
                snippet = snippet.annotation(annotate(label, AnnotationKind::Context));
            } else {
                let other = sources.file(label.span.file);
                let part = Snippet::source(&*other.text).path(&*other.name);
                foreign.push(part.annotation(annotate(label, AnnotationKind::Context)));
            }
        }
        let mut group = level.primary_title(one.title.clone()).id(one.code).element(snippet).elements(foreign);
        if let Some(help) = &one.help {
            group = group.element(Level::HELP.message(help.clone()));
        }
        out.push_str(&renderer.render(&[group]));
        out.push_str("\n\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::{Diagnostic, Problems, Sources, Span};

    #[test]
    fn an_error_shows_its_lines_and_the_remedy() {
        let mut sources = Sources::new();
        let text = "STATE { m }\nDERIVATIVE s { k' = -m }\n";
        let file = sources.add("x.mod", text);
        let at = |word: &str| {
            let start = text.find(word).unwrap();
            Span::new(file, start, start + word.len())
        };
        let mut problems = Problems::new();
        problems.push(
            Diagnostic::error("M0123", at("k'"), "`k` is not a STATE")
                .label("found `k`, expected a state")
                .also(at("m }"), "states are declared here")
                .help("write `m'`, or add `k` to STATE"),
        );
        insta::assert_snapshot!(problems.render(&sources, false));
    }
}
