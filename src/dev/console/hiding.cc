#include "dev/console/hiding.h"

#include <algorithm>

#include "adit/action.h"

#include "app/project/secret_names.h"
#include "base/text/text.h"
#include "base/text/utf8.h"

namespace adit::dev {
namespace {

/// A shorter value occurs in other strings by chance. Hiding it there would reveal it.
constexpr std::size_t kShortestSecret = 6;

json::value hidden_as_in_logs(const json::value& value) {
  // string_parameters() takes an object, so the value becomes a member of one.
  const json::object wrapped{{"shown", value}};
  auto parsed = try_parse_json(string_parameters(wrapped), {.max_depth = 1100});
  if (!parsed) return "<hidden>";
  return std::move(parsed->get_object()["shown"]);
}

}  // namespace

Hiding::Hiding(const Environment& settings) {
  for (const auto& name : settings.names()) {
    if (!app::names_a_secret(name)) continue;
    const auto* variable = settings.find(name);
    if (variable != nullptr && variable->value.size() >= kShortestSecret)
      known_.emplace_back(std::string_view(variable->value));
  }
  // The longest first, because one secret may contain another one.
  std::ranges::sort(known_, [](const Secret& a, const Secret& b) { return a.size() > b.size(); });
}

std::string Hiding::text(std::string text) const {
  for (const auto& secret : known_)
    if (text.find(secret.reveal()) != std::string::npos)
      text = replace_all(std::move(text), secret.reveal(), "<hidden>");
  return text;
}

std::string Hiding::line(std::string_view line) const {
  const auto shown = hidden_as_in_logs(json::string(line));
  return text(std::string(shown.as_string()));
}

std::string Hiding::lines(std::string_view text) const {
  // A known secret may consist of several lines.
  const auto whole = this->text(std::string(text));
  std::string shown;
  for (std::size_t begin = 0; begin < whole.size();) {
    const auto end = std::min(whole.find('\n', begin), whole.size());
    shown += line(std::string_view(whole).substr(begin, end - begin));
    if (end < whole.size()) shown += '\n';
    begin = end + 1;
  }
  return shown;
}

json::value Hiding::without_known(const json::value& value) const {
  if (const auto* object = value.if_object()) {
    json::object shown;
    for (const auto& [name, member] : *object) shown.emplace(text(std::string(name)), without_known(member));
    return shown;
  }
  if (const auto* list = value.if_array()) {
    json::array shown;
    for (const auto& item : *list) shown.push_back(without_known(item));
    return shown;
  }
  if (const auto* string = value.if_string()) return json::string(text(std::string(*string)));
  return value;
}

json::value Hiding::value(const json::value& value) const { return without_known(hidden_as_in_logs(value)); }

json::array Hiding::headers(const http::Headers& headers) const {
  json::array shown;
  for (const auto& [name, given] : headers) {
    const auto hidden = value(json::object{{name, given}});
    shown.push_back(json::array{json::string(text(std::string(name))), hidden.as_object().begin()->value()});
  }
  return shown;
}

std::string Hiding::body(std::string_view body) const {
  if (const auto parsed = try_parse_json(body, {.max_depth = 1000}))
    return parsed->is_structured() ? cut_to_shown(to_json(value(*parsed))) : cut_to_shown(text(std::string(body)));
  // Treated as an action's raw body: the name of a secret anywhere in it hides the whole text.
  const auto hidden = value(json::object{{"__ow_body", body}});
  return cut_to_shown(std::string(hidden.as_object().at("__ow_body").as_string()));
}

std::string cut_to_shown(std::string text) {
  const auto all = text.size();
  text.resize(utf8_cut(text, Hiding::kMostShown).size());
  if (text.size() < all) text += cat("… (", all - text.size(), " bytes more)");
  return text;
}

}  // namespace adit::dev
