#include "cli/terminal/version_text.h"

#include <string>
#include <string_view>
#include <utility>

#include <CLI/Version.hpp>
#include <archive.h>
#include <boost/version.hpp>
#include <curl/curl.h>
#include <hiredis/hiredis.h>
#include <openssl/crypto.h>

#include "adit/version.h"
#include "cli/build_details.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

std::string compiler() {
#if defined(__clang__)
  return cat("clang ", __clang_major__, '.', __clang_minor__, '.', __clang_patchlevel__);
#elif defined(__GNUC__)
  return cat("gcc ", __GNUC__, '.', __GNUC_MINOR__, '.', __GNUC_PATCHLEVEL__);
#else
  return "unknown";
#endif
}

/// Newer versions of libcurl put a library's name before its version: "zstd/1.5.7".
std::string version_alone(std::string_view text) { return std::string(text.substr(text.rfind('/') + 1)); }

std::string dotted(int major, int minor, int patch) { return cat(major, '.', minor, '.', patch); }

}  // namespace

json::object version_details() {
  json::object out{{"version", version()}};
  if (!std::string_view(ADIT_COMMIT).empty()) out["commit"] = ADIT_COMMIT;
  out["build"] = ADIT_BUILD_TYPE;
  out["compiler"] = compiler();
  out["openssl"] = OpenSSL_version(OPENSSL_VERSION_STRING);
  const auto& curl = *curl_version_info(CURLVERSION_NOW);
  out["curl"] = curl.version;
  // The libraries that libcurl uses, as it reports them.
  for (const auto& [name, its_version] :
       {std::pair("nghttp2", curl.nghttp2_version), std::pair("nghttp3", curl.quic_version),
        std::pair("zlib", curl.libz_version), std::pair("brotli", curl.brotli_version),
        std::pair("zstd", curl.zstd_version)})
    if (its_version != nullptr) out[name] = version_alone(its_version);
  out["libarchive"] = dotted(archive_version_number() / 1'000'000, archive_version_number() / 1000 % 1000,
                             archive_version_number() % 1000);
  out["boost"] = dotted(BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
  out["yaml-cpp"] = ADIT_YAML_CPP;
  out["hiredis"] = dotted(HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
  out["cli11"] = CLI11_VERSION;
  return out;
}

std::string version_text() {
  const auto all = version_details();
  auto text = cat("adit ", version());
  for (const auto& [name, value] : all)
    if (name != "version")
      text += cat("\n", std::string(name), std::string(12 - std::string(name).size(), ' '), value.as_string().c_str());
  return text;
}

}  // namespace adit::cli
