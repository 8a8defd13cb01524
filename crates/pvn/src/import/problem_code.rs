//! The names under which tests, programs and pages know each reason.

use super::problem::Problem;

impl Problem {
    /// The reason's name: what tests and programs compare.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::FileUnreadable(_) => "file_unreadable",
            Self::FileEmpty => "file_empty",
            Self::EncodingUnreadable { .. } => "encoding_unreadable",
            Self::RecordTooLong => "record_too_long",
            Self::TooManyRows => "too_many_rows",
            Self::HeaderNotFound { .. } => "header_not_found",
            Self::ColumnMissing { .. } => "column_missing",
            Self::ColumnTwice { .. } => "column_twice",
            Self::RowTooShort { .. } => "row_too_short",
            Self::RowTooLong { .. } => "row_too_long",
            Self::CellBlank { .. } => "cell_blank",
            Self::TextTooLong { .. } => "text_too_long",
            Self::AmountUnreadable { .. } => "amount_unreadable",
            Self::AmountTooFine { .. } => "amount_too_fine",
            Self::AmountDecimals { .. } => "amount_decimals",
            Self::AmountTooLarge { .. } => "amount_too_large",
            Self::CurrencyUnknown { .. } => "currency_unknown",
            Self::DateUnreadable { .. } => "date_unreadable",
            Self::DateImpossible { .. } => "date_impossible",
            Self::DateOutOfRange { .. } => "date_out_of_range",
            Self::PeriodChanges { .. } => "period_changes",
            Self::JsonUnreadable(_) => "json_unreadable",
            Self::JsonRowsMissing(_) => "json_rows_missing",
            Self::CellNested { .. } => "cell_nested",
            Self::WorkbookUnreadable(_) => "workbook_unreadable",
            Self::WorkbookTooLarge => "workbook_too_large",
            Self::SheetMissing { .. } => "sheet_missing",
            Self::LineMissing { .. } => "line_missing",
            Self::LineWithoutReceiver { .. } => "line_without_receiver",
            Self::TotalDiffers { .. } => "total_differs",
            Self::ShippedTableChanged(_) => "shipped_table_changed",
        }
    }
}
