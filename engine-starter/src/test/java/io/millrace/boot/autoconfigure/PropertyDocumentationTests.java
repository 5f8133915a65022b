package io.millrace.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docs/properties.md} knows every property, with the default that it really has.
 */
class PropertyDocumentationTests {

	@Test
	void everyPropertyHasItsRowAndItsDefault() throws IOException {
		List<String> rows = Files.readAllLines(Path.of("../docs/properties.md"));
		List<String> missing = new ArrayList<>();
		for (JsonNode property : properties()) {
			String name = property.path("name").asString();
			JsonNode defaultValue = property.path("defaultValue");
			String row = "| `" + name + "` | "
					+ (defaultValue.isMissingNode() ? "" : "`" + defaultValue.asString() + "` ");
			if (rows.stream().noneMatch((line) -> line.startsWith(row))) {
				missing.add(row);
			}
		}
		assertThat(missing).isEmpty();
	}

	@Test
	void noPropertyIsDocumentedThatDoesNotExist() throws IOException {
		List<String> names = properties().stream().map((property) -> property.path("name").asString()).toList();
		List<String> documented = Files.readAllLines(Path.of("../docs/properties.md"))
			.stream()
			.filter((line) -> line.startsWith("| `millrace."))
			.map((line) -> line.substring(3, line.indexOf('`', 3)))
			.toList();
		assertThat(documented).hasSizeGreaterThan(25);
		assertThat(names).containsAll(documented);
	}

	private static List<JsonNode> properties() throws IOException {
		List<JsonNode> properties = new ArrayList<>();
		try (InputStream json = Files
			.newInputStream(Path.of("target/classes/META-INF/spring-configuration-metadata.json"))) {
			JsonMapper.shared().readTree(json).path("properties").forEach(properties::add);
		}
		assertThat(properties).hasSizeGreaterThan(25);
		return properties;
	}

}
