package io.millrace;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an IDE and the generated reference know of our properties.
 */
class PropertyMetadataTests {

	@Test
	void everyPropertySaysWhatItDoes() throws IOException {
		List<String> silent = new ArrayList<>();
		for (JsonNode property : properties()) {
			String description = property.path("description").asString("");
			if (property.path("deprecation").isMissingNode() && !description.endsWith(".")) {
				silent.add(property.path("name").asString() + ": \"" + description + "\"");
			}
		}
		assertThat(silent).as("properties whose field has no Javadoc sentence").isEmpty();
	}

	private static List<JsonNode> properties() throws IOException {
		List<JsonNode> properties = new ArrayList<>();
		ClassLoader classLoader = PropertyMetadataTests.class.getClassLoader();
		for (URL url : Collections.list(classLoader.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream json = url.openStream()) {
				for (JsonNode property : JsonMapper.shared().readTree(json).path("properties")) {
					if (property.path("name").asString("").startsWith("millrace.")) {
						properties.add(property);
					}
				}
			}
		}
		return properties;
	}

}
