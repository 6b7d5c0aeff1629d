//! Reads workbooks (`.xlsx`) as sheets.
//!
//! ```text
//! xl/sharedStrings.xml      <sst><si><t>text</t></si><si><r><t>parts</t></r><r><t> of one</t></r></si></sst>
//! xl/worksheets/sheet1.xml  <worksheet><sheetData><row><c r="A1" t="s"><v>index of a shared string</v></c>
//!                           <c r="B1" t="inlineStr"><is><t>text</t></is></c><c r="C1"><v>number</v></c></row>
//! ```
//!
//! See ECMA-376, part 1, 18.3 and 18.4. Formulas are not calculated, because the file contains their last results. The
//! total size of all parts is limited, and so is that of the cells, because a few bytes can refer to a long shared
//! string.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::columns::by_name;
use super::{Field, Opening, Sheet, guess};
use crate::exchange::codecs::android_preferences::entity;
use crate::exchange::codecs::encoding;
use crate::exchange::codecs::zip_archive::Archive;
use crate::exchange::{ExchangeError, MAX_IMPORT_BYTES, MAX_ROWS};

const DAMAGED: ExchangeError = ExchangeError::Damaged("XLSX");

/// The maximum number of worksheets.
const MAX_SHEETS: usize = 64;
/// The maximum number of columns.
const MAX_COLUMNS: usize = 256;
/// The maximum number of rows in a workbook. Password managers have many rows without a code.
const MAX_WORKBOOK_ROWS: usize = 5 * MAX_ROWS;

/// The file name extensions of members in archives that may be tables.
const TABLES: [&str; 5] = [".csv", ".tsv", ".txt", ".json", ".xml"];

type Records = Vec<Vec<String>>;

impl Sheet {
    /// Reads the worksheets that contain secrets, or all of them if none does. An archive with a single file may
    /// contain a table of another kind.
    pub(in crate::exchange) fn of_workbook(archive: &mut Archive<'_>, opening: Opening) -> Result<Self, ExchangeError> {
        if archive.has_single_member() {
            let member = TABLES.iter().find_map(|suffix| archive.find(suffix)).ok_or(ExchangeError::Unknown)?;
            let bytes = archive.read(&member, None)?;
            let is_archive = bytes.starts_with(super::zip_archive::MAGIC);
            return Some(bytes)
                .filter(|_| !is_archive)
                .and_then(|it| Self::of(&it, opening))
                .ok_or(ExchangeError::Unknown);
        }
        let worksheets = worksheets(archive)?.into_iter().filter(|records| !records.is_empty());
        let sheets: Vec<Self> = worksheets.map(|records| Self::of_records(records, opening)).collect();
        let (with, without): (Vec<_>, Vec<_>) = sheets.into_iter().partition(|sheet| guess(sheet).is_some());
        let sheets = if with.is_empty() { without } else { with };
        let mut sheets = sheets.into_iter().map(Self::with_named_secret);
        let mut whole = sheets.next().ok_or(ExchangeError::Unknown)?;
        sheets.for_each(|sheet| whole.append(sheet));
        Ok(whole)
    }
}

impl Sheet {
    /// Names the column with the secrets, if its own name is not known, so that it is the same column in all
    /// worksheets.
    fn with_named_secret(mut self) -> Self {
        let column = guess(&self).and_then(|mapping| mapping.fields.iter().position(|field| *field == Field::Secret));
        let name = column.and_then(|column| self.columns.get_mut(column));
        if let Some(name) = name.filter(|name| by_name(name) != Some(Field::Secret)) {
            "secret".clone_into(name);
        }
        self
    }
}

/// Reads all worksheets in numerical order.
fn worksheets(archive: &mut Archive<'_>) -> Result<Vec<Records>, ExchangeError> {
    let mut members = archive.list("xl/worksheets/", ".xml");
    // `sheet10.xml` comes after `sheet9.xml`.
    members.sort_by_key(|name| (name.len(), name.clone()));
    if members.is_empty() {
        return Err(ExchangeError::Unknown);
    }
    if members.len() > MAX_SHEETS {
        return Err(ExchangeError::TooComplex);
    }
    let mut budget = Budget { bytes: MAX_IMPORT_BYTES, characters: MAX_IMPORT_BYTES, rows: MAX_WORKBOOK_ROWS };
    let strings = match archive.find("xl/sharedStrings.xml") {
        Some(member) => shared_strings(&budget.read(archive, &member)?, &mut budget)?,
        None => Vec::new(),
    };
    budget.characters = MAX_IMPORT_BYTES;
    members.iter().map(|member| worksheet(&budget.read(archive, member)?, &strings, &mut budget)).collect()
}

/// The remaining budget of a workbook.
struct Budget {
    /// The bytes of decompressed parts.
    bytes: usize,
    /// The bytes of cells, including the memory of a `String` in addition to its text.
    characters: usize,
    rows: usize,
}

impl Budget {
    fn read(&mut self, archive: &mut Archive<'_>, member: &str) -> Result<String, ExchangeError> {
        let bytes = archive.read(member, None)?;
        self.bytes = self.bytes.checked_sub(bytes.len()).ok_or(ExchangeError::TooLarge)?;
        encoding::text(&bytes).ok_or(DAMAGED)
    }

    fn take(&mut self, text: &str) -> Result<(), ExchangeError> {
        let size = text.len().saturating_add(8);
        self.characters = self.characters.checked_sub(size).ok_or(ExchangeError::TooLarge)?;
        Ok(())
    }

    fn take_row(&mut self) -> Result<(), ExchangeError> {
        self.rows = self.rows.checked_sub(1).ok_or(ExchangeError::TooManyRows)?;
        Ok(())
    }
}

/// Returns an element's name without its namespace.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, ExchangeError> {
    let Some(attribute) = tag.try_get_attribute(name).map_err(|_| DAMAGED)? else { return Ok(None) };
    let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| DAMAGED)?;
    Ok(Some(value.into_owned()))
}

/// Reads the shared strings. A string may consist of several text runs. Phonetic hints (`rPh`) are not part of it.
fn shared_strings(text: &str, budget: &mut Budget) -> Result<Vec<String>, ExchangeError> {
    let mut reader = Reader::from_str(text);
    let (mut strings, mut string, mut is_text, mut is_hint) = (Vec::new(), String::new(), false, false);
    loop {
        match reader.read_event().map_err(|_| DAMAGED)? {
            Event::Start(tag) => match local(tag.name().0) {
                "si" => string.clear(),
                "t" => is_text = !is_hint,
                "rPh" => is_hint = true,
                _ => {}
            },
            Event::Text(text) if is_text => string.push_str(&text.xml10_content()),
            Event::CData(text) if is_text => string.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if is_text => string.push(entity(&reference)?),
            Event::Empty(tag) if local(tag.name().0) == "si" => strings.push(String::new()),
            Event::End(tag) => match local(tag.name().0) {
                "si" => {
                    budget.take(&string)?;
                    strings.push(std::mem::take(&mut string));
                }
                "t" => is_text = false,
                "rPh" => is_hint = false,
                _ => {}
            },
            Event::Eof => return Ok(strings),
            _ => {}
        }
    }
}

/// The cell that is currently being read.
#[derive(Default)]
struct Cell {
    column: usize,
    kind: String,
    text: String,
}

impl Cell {
    fn begin(tag: &BytesStart<'_>, next: usize) -> Result<Self, ExchangeError> {
        let column = attribute(tag, "r")?.and_then(|place| column(&place)).unwrap_or(next);
        Ok(Self { column, kind: attribute(tag, "t")?.unwrap_or_default(), text: String::new() })
    }

    /// Returns the text of the cell, either its own or a shared string.
    fn finish(self, strings: &[String]) -> Result<String, ExchangeError> {
        if self.kind != "s" {
            return Ok(self.text);
        }
        let index: usize = self.text.trim().parse().map_err(|_| DAMAGED)?;
        strings.get(index).cloned().ok_or(DAMAGED)
    }
}

/// Returns the number of a column from 0, so that `A1` is 0 and `AA1` is 26.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let number = letters.fold(0_usize, |number, letter| {
        let digit = usize::from(letter.to_ascii_uppercase().saturating_sub(b'A')).saturating_add(1);
        number.saturating_mul(26).saturating_add(digit)
    });
    number.checked_sub(1)
}

/// Reads the rows that are not blank.
fn worksheet(text: &str, strings: &[String], budget: &mut Budget) -> Result<Records, ExchangeError> {
    let mut reader = Reader::from_str(text);
    let (mut records, mut record): (Records, Vec<String>) = (Vec::new(), Vec::new());
    let (mut cell, mut is_value, mut next) = (Cell::default(), false, 0_usize);
    loop {
        match reader.read_event().map_err(|_| DAMAGED)? {
            Event::Start(tag) => match local(tag.name().0) {
                "row" => next = 0,
                "c" => cell = Cell::begin(&tag, next)?,
                "v" | "t" => is_value = true,
                _ => {}
            },
            Event::Empty(tag) if local(tag.name().0) == "c" => next = Cell::begin(&tag, next)?.column.saturating_add(1),
            Event::Text(text) if is_value => cell.text.push_str(&text.xml10_content()),
            Event::CData(text) if is_value => cell.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if is_value => cell.text.push(entity(&reference)?),
            Event::End(tag) => match local(tag.name().0) {
                "v" | "t" => is_value = false,
                "c" => {
                    let column = cell.column;
                    let text = std::mem::take(&mut cell).finish(strings)?;
                    next = column.saturating_add(1);
                    budget.take(&text)?;
                    put(&mut record, column, text, budget)?;
                }
                "row" => {
                    if record.iter().any(|cell| !cell.is_empty()) {
                        budget.take_row()?;
                        records.push(std::mem::take(&mut record));
                    }
                    record.clear();
                }
                _ => {}
            },
            Event::Eof => return Ok(records),
            _ => {}
        }
    }
}

/// Stores the text of a cell in its column. Blank cells before it are charged to the budget as well.
fn put(record: &mut Vec<String>, column: usize, text: String, budget: &mut Budget) -> Result<(), ExchangeError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(());
    }
    if column >= MAX_COLUMNS {
        return Err(ExchangeError::TooComplex);
    }
    while record.len() <= column {
        budget.take("")?;
        record.push(String::new());
    }
    record.get_mut(column).into_iter().for_each(|cell| text.clone_into(cell));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use crate::exchange::{ExchangeError, Format, read, sniff};

    const SECRET: &str = "KRUGKIDROVUWG2ZAMJZG653O";

    fn archive(parts: &[(&str, String)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn workbook(strings: &str, rows: &str) -> Vec<u8> {
        archive(&[
            ("[Content_Types].xml", "<Types/>".to_owned()),
            ("xl/workbook.xml", "<workbook/>".to_owned()),
            ("xl/sharedStrings.xml", format!("<?xml version=\"1.0\"?><sst>{strings}</sst>")),
            ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
        ])
    }

    #[test]
    fn shared_inline_and_calculated_cells_and_gaps_are_read() {
        let strings = format!(
            "<si><t>Wo</t></si><si><t>Wer</t></si><si><t>Geheimnis</t></si><si><t>Stellen</t></si>\
             <si><r><t>A &amp; </t></r><r><t>B</t></r><rPh sb=\"0\" eb=\"1\"><t>hint</t></rPh></si><si><t>{SECRET}</t></si>"
        );
        let rows = format!(
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>\
             <c r=\"D1\" t=\"s\"><v>2</v></c><c r=\"E1\" t=\"s\"><v>3</v></c></row><row r=\"2\"><c r=\"A2\" s=\"1\"/></row>\
             <row r=\"3\"><c r=\"A3\" t=\"s\"><v>4</v></c><c r=\"B3\" t=\"inlineStr\"><is><t>ann</t></is></c>\
             <c r=\"D3\" t=\"s\"><v>5</v></c><c r=\"E3\"><v>8</v></c></row>\
             <row><c t=\"str\"><f>CONCAT(1)</f><v>Shop</v></c><c/><c/><c t=\"str\"><v>{SECRET}</v></c></row>"
        );
        let file = workbook(&strings, &rows);
        assert_eq!(sniff(&file), Some(Format::Table));
        let report = read(&file, None, None).unwrap();
        let names: Vec<_> = report.accounts.iter().map(|it| (it.uri.issuer.as_str(), it.uri.name.as_str())).collect();
        assert_eq!(names, [("A & B", "ann"), ("Shop", "")]);
        assert_eq!(report.accounts[0].uri.otp.digits.count(), 8);
        assert!(report.skipped.is_empty());
    }

    #[test]
    fn all_worksheets_with_secrets_are_read_and_the_others_are_left_out() {
        let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        let row = |cells: &[&str]| format!("<row>{}</row>", cells.iter().map(|text| cell(text)).collect::<String>());
        let sheet = |rows: String| format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        let file = archive(&[
            ("xl/workbook.xml", String::new()),
            ("xl/worksheets/sheet2.xml", sheet(row(&["secret", "issuer"]) + &row(&[SECRET, "Two"]))),
            (
                "xl/worksheets/sheet1.xml",
                sheet(row(&["issuer", "secret"]) + &row(&["One", SECRET]) + &row(&["Bad", "?"])),
            ),
            ("xl/worksheets/sheet10.xml", sheet(row(&["to do"]) + &row(&["call ann"]))),
        ]);
        let report = read(&file, None, None).unwrap();
        let names: Vec<_> = report.accounts.iter().map(|it| it.uri.issuer.as_str()).collect();
        assert_eq!((names, report.skipped.len()), (vec!["One", "Two"], 1));
    }

    #[test]
    fn a_table_alone_in_an_archive_is_read() {
        let file = archive(&[("export.csv", format!("issuer,secret\nBank,{SECRET}\n"))]);
        assert_eq!(read(&file, None, None).unwrap().accounts.len(), 1);
    }

    #[test]
    fn a_workbook_that_grows_is_rejected_before_it_does() {
        let long = format!("<si><t>{}</t></si><si><t>{SECRET}</t></si>", "a".repeat(30_000));
        let references: String =
            (0..2_000).map(|_| "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>").collect();
        let blank: String = "<row><c r=\"A1\" t=\"s\"><v>1</v></c><c r=\"IV1\"><v>1</v></c></row>".repeat(20_000);
        let packed = workbook(&format!("<si><t>{}</t></si>", " ".repeat(21 << 20)), "");
        assert!(packed.len() < 100_000, "the archive itself is small");
        for (file, name) in [
            (workbook(&long, &references), "references to a long string"),
            (workbook(&long, &blank), "blank cells"),
            (packed, "packed"),
        ] {
            assert_eq!(read(&file, Some(Format::Table), None).unwrap_err(), ExchangeError::TooLarge, "{name}");
        }
        let wide = workbook(&long, "<row><c r=\"XFD1\"><v>1</v></c></row>");
        assert_eq!(read(&wide, Some(Format::Table), None).unwrap_err(), ExchangeError::TooComplex);
    }

    #[test]
    fn a_damaged_workbook_is_an_error() {
        for (strings, rows) in [
            ("", "<row><c t=\"s\"><v>7</v></c></row>"),
            ("", "<row><c t=\"s\"><v>x</v></c></row>"),
            ("<si><t>&a;</t></si>", ""),
            ("", "<row><c r=\"A1\"></row>"),
        ] {
            let file = workbook(strings, rows);
            let error = read(&file, Some(Format::Table), None).unwrap_err();
            assert!(matches!(error, ExchangeError::Damaged(_)), "{error:?} {strings} {rows}");
        }
    }
}
