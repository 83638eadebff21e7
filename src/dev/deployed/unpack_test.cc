#include "dev/deployed/unpack.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "adit/error.h"

#include "dev/deployed/deployed_code.h"
#include "dev/package/package_zip.h"
#include "dev/package/packaged_file.h"
#include "system/files/private_folder.h"

namespace adit::dev {
namespace {

std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<PackagedFile> packaged;
  for (const auto& [path, bytes] : files) {
    PackagedFile file;
    file.path = path;
    file.bytes = bytes;
    packaged.push_back(std::move(file));
  }
  return zip_files(packaged);
}

std::string refusal(const std::string& zip, const UnpackLimits& limits = {}) {
  try {
    (void)read_deployed_zip(zip, limits);
    return {};
  } catch (const Error& error) {
    return error.code();
  }
}

UnpackedFile file(std::string path, std::string bytes) {
  UnpackedFile made;
  made.path = std::move(path);
  made.bytes = std::move(bytes);
  return made;
}

UnpackedFile link(std::string path, std::string target) {
  UnpackedFile made;
  made.path = std::move(path);
  made.link = std::move(target);
  return made;
}

TEST(Unpack, writes_files_below_the_folder) {
  const auto files = read_deployed_zip(zip_of({{"index.js", "x"}, {"lib/./a.js", "y"}}));
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[1].path, "lib/a.js");
  const PrivateFolder folder;
  write_unpacked(files, folder.path());
  std::ifstream written(folder.path() + "/lib/a.js");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}), "y");
  EXPECT_EQ(std::filesystem::status(folder.path() + "/index.js").permissions(), std::filesystem::perms(0600));
}

TEST(Unpack, rejects_paths_that_lead_out_and_zips_that_exceed_the_limits) {
  for (const auto* name : {"../a", "a/../../b", "/etc/a"})
    EXPECT_EQ(refusal(zip_of({{name, "x"}})), "invalid_zip") << name;
  EXPECT_EQ(refusal("no zip at all"), "invalid_zip");
  EXPECT_EQ(refusal(""), "invalid_zip");
  EXPECT_EQ(refusal(zip_of({{"a", "x"}, {"./a", "y"}})), "invalid_zip");
  EXPECT_EQ(refusal(zip_of({{"a", "x"}, {"b", "y"}}), {.max_files = 1, .max_bytes = 10}), "invalid_zip");
  EXPECT_EQ(refusal(zip_of({{"a", std::string(1000, '0')}}), {.max_files = 1, .max_bytes = 999}), "invalid_zip");
  EXPECT_EQ(refusal(zip_of({{"a", std::string(1000, '0')}}), {.max_files = 1, .max_bytes = 1000}), "");
}

TEST(Unpack, rejects_links_that_lead_out_of_the_folder) {
  const PrivateFolder folder;
  const auto refused = [&](const std::vector<UnpackedFile>& files, const std::string& name) {
    const auto below = folder.path() + "/" + name;
    std::filesystem::create_directory(below);
    EXPECT_THROW(write_unpacked(files, below), Error) << name;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(below))
      EXPECT_FALSE(entry.is_symlink()) << name;
  };
  // Each link alone stays inside; followed one after the other they lead out.
  refused({file("d/x", "x"), link("d/y", ".."), link("out", "d/y/../..")}, "together");
  refused({file("a/x", "x"), link("a", "b")}, "a folder's name");
  const auto good = folder.path() + "/good";
  std::filesystem::create_directory(good);
  write_unpacked({file("lib/a.js", "x"), link("b.js", "lib/a.js")}, good);
  EXPECT_TRUE(std::filesystem::exists(good + "/b.js"));
}

TEST(AsModule, exports_a_function_that_is_not_exported) {
  EXPECT_NE(as_module("function main() {}", "main").find("module.exports.main = main"), std::string::npos);
  EXPECT_EQ(as_module("x", "a.b"), "x");
  EXPECT_EQ(as_module("x", "f(); evil"), "x");
}

}  // namespace
}  // namespace adit::dev
