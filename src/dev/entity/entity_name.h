#pragma once

#include <string>
#include <string_view>

namespace adit::dev {

/// Whether it may name an entity (OpenWhisk's EntityName): a letter, digit or `_`, then also blanks, `@`, `.` and `-`,
/// no blank at the end, 256 characters at most.
[[nodiscard]] bool is_entity_name(std::string_view name);

/// Rejects what is not a name with 400 and the controller's words.
void check_entity_name(std::string_view name);
/// The same for a namespace, whose name has the same form.
void check_namespace_name(std::string_view name);

/// Where an entity is: `/NS/PACKAGE/NAME`, or `/NS/NAME`.
struct EntityPath {
  std::string name_space;
  /// Empty without a package.
  std::string package;
  std::string name;

  /// `NS/PACKAGE`, or `NS`: what a reference's `path` says.
  [[nodiscard]] std::string path() const;
  /// With the slash in front.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const EntityPath&, const EntityPath&) = default;
};

/// Reads `/NS/PACKAGE/NAME`, `NS/PACKAGE/NAME`, `/NS/NAME` or `NS/NAME`; `_` becomes `own`. Rejects anything else with
/// 400, as a malformed content.
[[nodiscard]] EntityPath parse_entity_path(std::string_view text, std::string_view own);

}  // namespace adit::dev
