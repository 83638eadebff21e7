#pragma once

#include <string>

/// Functions for parsers_bench.cc that call parsers of untrusted bytes which need some preparation.
namespace adit::bench {

/// Reads lines of ActionLoop. Each is an activation of an action that does nothing.
void read_action_loop(const std::string& text);
/// Read bodies of the HTTP contract.
void read_init(const std::string& text);
void read_run(const std::string& text);
/// Reads a record of a token store, as plain text and as a sealed record.
void read_stored_record(const std::string& text);
/// Read a file of the Developer Console, and an archive of such files.
void read_console(const std::string& text);
void read_archive(const std::string& text);

/// Makes an archive of this many incompressible files with this total size.
[[nodiscard]] std::string archive_of(std::size_t files, std::size_t size);
/// Makes a certificate of about this size, by adding names.
[[nodiscard]] std::string certificate_of(std::size_t size);

}  // namespace adit::bench
