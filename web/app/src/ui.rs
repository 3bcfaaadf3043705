//! What is seen: one component per file.

pub mod app;

mod announcer;
mod answer_bar;
mod containers_view;
mod context_pane;
mod context_row;
mod copy_button;
mod dispatch;
mod dock;
mod editor_pane;
mod failure_card;
mod file_tabs;
mod footer;
mod header;
mod hosted_list;
mod icon;
mod image_view;
mod images_view;
mod inspector;
mod name_form;
mod notice;
mod output_view;
mod rail;
mod rail_row;
mod report_card;
mod splitter;
mod strata_view;
mod tabs;
mod terminal_pane;
mod tree_view;
mod use_host;
mod use_page;
mod why_card;
