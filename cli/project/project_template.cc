#include "cli/project/project_template.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "cli/template_files.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

/// The texts of a template for the common README.
struct Words {
  std::string_view about;
  std::string_view try_it;
  std::string_view against;
  std::string_view needs;
  std::string_view gives;
};

constexpr std::string_view kTryWithToken =
    R"sh(The manifest says `require-adobe-auth`, so a caller needs an access token:

```sh
curl -k -H "$(adit token --header)" -H 'x-gw-ims-org-id: LOCAL@AdobeOrg' https://localhost:9080/api/v1/web/@SLUG@/@ACTION@
```

)sh";

Words template_words(std::string_view name) {
  if (name == "analytics")
    return {.about = "An App Builder action in C++ that fetches a report from Adobe Analytics.",
            .try_it = kTryWithToken,
            .against = "adit's emulator of IMS and Analytics",
            .needs = "with the Analytics API and OAuth server-to-server credentials",
            .gives = "the credentials"};
  if (name == "webhook")
    return {
        .about =
            "An App Builder action in C++ that is a webhook for Adobe I/O Events. It accepts only events that Adobe signed.",
        .try_it = R"sh(When a webhook is registered, Adobe sends it a challenge:

```sh
curl -k 'https://localhost:9080/api/v1/web/@SLUG@/@ACTION@?challenge=hello'
```

)sh",
        .against = "events that the tests sign",
        .needs = "with the events that you want, and this action's URL as their webhook",
        .gives = "the credentials (set `WEBHOOK_CLIENT_ID` to their client id)"};
  return {.about = "An App Builder action in C++ that calls an API of Adobe.",
          .try_it = kTryWithToken,
          .against = "adit's emulator of IMS and the APIs behind it",
          .needs = "with the API that you want and OAuth server-to-server credentials",
          .gives = "the credentials"};
}

/// Returns `.gitignore` for `_gitignore`, `.github/…` for `_github/…`: with their real names the files would affect
/// this repository.
std::string real_name(std::string_view path) {
  return (path.starts_with('_') ? "." : "") + std::string(path.starts_with('_') ? path.substr(1) : path);
}

}  // namespace

const std::vector<ProjectTemplate>& project_templates() {
  static const std::vector<ProjectTemplate> kAll = {
      {"generic", "calls an API of Adobe with its own token", "generic"},
      {"analytics", "fetches a report from Adobe Analytics", "report"},
      {"webhook", "receives events that Adobe I/O Events signed", "webhook"}};
  return kAll;
}

std::string slug_of(std::string_view name) {
  std::string slug;
  for (const char c : to_lower(name)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  if (slug.empty()) return "app";
  return slug.front() >= 'a' ? slug : cat("app-", slug);
}

std::vector<TemplateFile> files_of(const ProjectTemplate& chosen, std::string_view folder_name) {
  const auto words = template_words(chosen.name);
  const auto slug = slug_of(folder_name);
  // The order matters: the text of one may contain placeholders that follow.
  const std::array<std::pair<std::string_view, std::string_view>, 8> values = {{{"@ABOUT@", words.about},
                                                                                {"@TRY@\n", words.try_it},
                                                                                {"@AGAINST@", words.against},
                                                                                {"@NEEDS@", words.needs},
                                                                                {"@WHAT@", words.gives},
                                                                                {"@ACTION@", chosen.action},
                                                                                {"@SLUG@", slug},
                                                                                {"@TITLE@", folder_name}}};
  std::map<std::string, std::string> files;
  for (const std::string_view part : {std::string_view("common"), chosen.name}) {
    for (const auto& file : template_files::kAll) {
      if (!file.name.starts_with(cat(part, '/'))) continue;
      std::string text(file.text);
      for (const auto& [name, value] : values) text = replace_all(std::move(text), name, value);
      files.insert_or_assign(real_name(file.name.substr(part.size() + 1)), std::move(text));
    }
  }
  files[".env"] = files[".env.example"];
  std::vector<TemplateFile> found;
  found.reserve(files.size());
  for (auto& [path, text] : files) found.push_back({path, std::move(text)});
  return found;
}

}  // namespace adit::cli
