//! What is seen: one component per file.

pub mod app;

mod announcer;
mod context_pane;
mod context_row;
mod copy_button;
mod dispatch;
mod editor_pane;
mod failure_card;
mod file_tabs;
mod footer;
mod header;
mod icon;
mod image_view;
mod inspector;
mod name_form;
mod notice;
mod output_view;
mod rail;
mod rail_row;
mod report_card;
mod strata_view;
mod tabs;
mod tree_view;
mod use_page;
mod why_card;
