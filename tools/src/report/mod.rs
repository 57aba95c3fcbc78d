//! A run as one HTML page that needs nothing else: summary, raster to search and zoom, pictures.

use std::fmt::Write;

use serde::Serialize;

/// Population of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportPopulation {
    /// Name.
    pub name: String,
    /// First gid.
    pub start: u32,
    /// The gid after the last.
    pub end: u32,
    /// Colour, as `#0072B2`.
    pub color: String,
    /// Times of its spikes, ms.
    pub times: Vec<f64>,
    /// gid of each spike.
    pub gids: Vec<u32>,
}

/// What a page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Heading.
    pub title: String,
    /// Facts below it: name and value.
    pub facts: Vec<(String, String)>,
    /// Populations with their spikes.
    pub populations: Vec<ReportPopulation>,
    /// First and last time, ms.
    pub time: (f64, f64),
    /// Pictures as SVG, each with a heading, or a sentence that says why there is none.
    pub pictures: Vec<(String, Result<String, String>)>,
    /// Text of the configuration, if it was given.
    pub config: Option<String>,
}

#[derive(Serialize)]
struct Data<'a> {
    begin: f64,
    end: f64,
    populations: &'a [ReportPopulation],
}

/// Text as HTML shows it.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page; an error only if a number of it is not one.
pub fn page(report: &Report) -> Result<String, serde_json::Error> {
    let (begin, end) = report.time;
    let data = Data { begin, end, populations: &report.populations };
    // `</script>` inside a name must not end the element.
    let data = serde_json::to_string(&data)?.replace('<', "\\u003c");
    let title = escape(&report.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        include_str!("page.css")
    );
    // Writing to a string cannot fail.
    let mut put = |text: std::fmt::Arguments<'_>| {
        let _ = out.write_fmt(text);
    };
    put(format_args!(
        "<p class=\"soft\">A run of mivc</p>\n<section>\n<h2>Summary</h2>\n<div class=\"wide\"><table>\n"
    ));
    for (name, value) in &report.facts {
        put(format_args!("<tr><th>{}</th><td>{}</td></tr>\n", escape(name), escape(value)));
    }
    put(format_args!(
        "</table></div>\n</section>\n<section>\n<h2>Populations</h2>\n<div class=\"wide\"><table id=\"populations\">\n\
         <thead><tr><th>population</th><th>gids</th><th class=\"number\">cells</th><th class=\"number\">spikes</th>\
         <th class=\"number\">mean rate (Hz)</th></tr></thead>\n<tbody>\n"
    ));
    for one in &report.populations {
        let n = one.end.saturating_sub(one.start);
        let seconds = f64::from(n) * (end - begin) / 1000.0;
        let rate = if seconds > 0.0 { one.times.len() as f64 / seconds } else { 0.0 };
        let gids = if n == 0 { "none".to_owned() } else { format!("{}–{}", one.start, one.end - 1) };
        put(format_args!(
            "<tr><td><span class=\"swatch\" style=\"background:{}\"></span>{}</td><td>{gids}</td>\
             <td class=\"number\">{n}</td><td class=\"number\">{}</td><td class=\"number\">{rate:.2}</td></tr>\n",
            one.color,
            escape(&one.name),
            one.times.len()
        ));
    }
    put(format_args!(
        "</tbody></table></div>\n</section>\n<section>\n<h2>Spikes</h2>\n<div class=\"controls\">\n\
         <input id=\"search\" type=\"search\" placeholder=\"gid, 16-23 or population\" \
         aria-label=\"gids or populations to show\">\n<button id=\"in\" type=\"button\">zoom in</button>\n\
         <button id=\"out\" type=\"button\">zoom out</button>\n<button id=\"all\" type=\"button\">show all</button>\n\
         </div>\n<canvas id=\"raster\" role=\"img\" aria-label=\"spike raster: gid against time in ms\"></canvas>\n\
         <p class=\"soft\" id=\"status\" aria-live=\"polite\"></p>\n</section>\n"
    ));
    for (heading, picture) in &report.pictures {
        put(format_args!("<section>\n<h2>{}</h2>\n", escape(heading)));
        match picture {
            Ok(svg) => put(format_args!("<figure>{}</figure>\n", svg.trim())),
            Err(why) => put(format_args!("<p>{}</p>\n", escape(why))),
        }
        put(format_args!("</section>\n"));
    }
    if let Some(config) = &report.config {
        put(format_args!(
            "<section>\n<details><summary>Configuration</summary>\n<pre>{}</pre>\n</details>\n</section>\n",
            escape(config)
        ));
    }
    put(format_args!(
        "</main>\n<script id=\"data\" type=\"application/json\">{data}</script>\n<script>\n{}</script>\n</body>\n</html>\n",
        include_str!("page.js")
    ));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_and_never_markup() -> Result<(), serde_json::Error> {
        let name = "</script><b>&\"";
        let report = Report {
            title: name.to_owned(),
            facts: vec![(name.to_owned(), name.to_owned())],
            populations: vec![ReportPopulation {
                name: name.to_owned(),
                start: 3,
                end: 5,
                color: "#0072B2".to_owned(),
                times: vec![1.0, 2.5, 9.0],
                gids: vec![3, 4, 4],
            }],
            time: (0.0, 500.0),
            pictures: vec![("traces".to_owned(), Err(name.to_owned()))],
            config: Some(name.to_owned()),
        };
        let page = page(&report)?;
        assert!(!page.contains("<b>"), "{page}");
        assert_eq!(page.matches("</script>").count(), 2);
        // 3 spikes of 2 cells in half a second.
        assert!(page.contains("<td class=\"number\">3.00</td>"), "{page}");
        assert!(page.contains("<td>3–4</td>"), "{page}");
        assert!(page.contains(r#""gids":[3,4,4]"#), "{page}");
        Ok(())
    }
}
