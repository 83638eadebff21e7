#pragma once

#include <string>

/// Readers of foreign bytes that take some setting up before they read: for parsers_bench.cc.
namespace adit::bench {

/// Lines of ActionLoop, each an activation of an action that does nothing.
void read_action_loop(const std::string& text);
/// Bodies of the HTTP contract.
void read_init(const std::string& text);
void read_run(const std::string& text);
/// A record of a token store, opened or not.
void read_stored_record(const std::string& text);
/// A file of the Developer Console, and an archive of such.
void read_console(const std::string& text);
void read_archive(const std::string& text);

/// An archive of so many files, together of that size; they do not compress.
[[nodiscard]] std::string archive_of(std::size_t files, std::size_t size);
/// A certificate of about that size, because of the names in it.
[[nodiscard]] std::string certificate_of(std::size_t size);

}  // namespace adit::bench
