package io.millrace.boot;

import java.util.List;

import io.millrace.core.compression.CodingLevel;
import io.millrace.core.compression.ContentCoding;
import io.millrace.core.http.CompressionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.Compression;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CompressionSettingsTests {

	private final Compression compression = new Compression();

	@Test
	void nothingIsCompressedByDefault() {
		assertThat(CompressionSettings.options(null)).isNull();
		assertThat(CompressionSettings.options(this.compression)).isNull();
	}

	@Test
	void bootsDefaultsAreThoseOfTheEngine() {
		this.compression.setEnabled(true);
		this.compression.setAdditionalMimeTypes(new String[] { "text/csv" });
		CompressionOptions options = CompressionSettings.options(this.compression);
		assertThat(options).isNotNull();
		assertThat(options.minSize()).isEqualTo(2048);
		assertThat(options.codings()).extracting(CodingLevel::coding)
			.isEqualTo(List.of(ContentCoding.ZSTD, ContentCoding.BROTLI, ContentCoding.GZIP));
		for (String type : List.of("text/html", "text/plain;charset=UTF-8", "application/json", "text/csv")) {
			assertThat(options.types().contain(type)).as(type).isTrue();
		}
		assertThat(options.types().contain("text/event-stream")).isFalse();
		assertThat(options.excludedAgents()).isEmpty();
	}

	@Test
	void whatIsNoMediaTypeIsRefused() {
		this.compression.setEnabled(true);
		this.compression.setMimeTypes(new String[] { "text/html", "text" });
		refused("server.compression.mime-types", "text", "It is no media type");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Mozilla (", "[", "*" })
	void whatIsNoExpressionIsRefused(String agent) {
		this.compression.setEnabled(true);
		this.compression.setExcludedUserAgents(new String[] { "fine", agent });
		refused("server.compression.excluded-user-agents", agent, "It is no regular expression");
	}

	@Test
	void anEmptyAgentWouldBeEverybody() {
		this.compression.setEnabled(true);
		this.compression.setExcludedUserAgents(new String[] { "fine", " " });
		refused("server.compression.excluded-user-agents", " ", "Every client would be excluded");
	}

	@Test
	void aNegativeSizeIsRefused() {
		this.compression.setEnabled(true);
		this.compression.setMinResponseSize(DataSize.ofBytes(-1));
		refused("server.compression.min-response-size", DataSize.ofBytes(-1), "0 or more");
	}

	private void refused(String property, Object value, String reason) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> CompressionSettings.options(this.compression))
			.satisfies((refusal) -> {
				assertThat(refusal.getName()).isEqualTo(property);
				assertThat(refusal.getValue()).isEqualTo(value);
				assertThat(refusal.getReason()).contains(reason);
			});
	}

}
