package io.millrace.core.compression;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MediaTypesTests {

	@Test
	void aTypeIsKnownWithParametersAndInAnyCase() {
		MediaTypes types = new MediaTypes(List.of("text/html", " Application/JSON "));
		assertThat(types.contain("text/html")).isTrue();
		assertThat(types.contain("Text/HTML; charset=UTF-8")).isTrue();
		assertThat(types.contain("application/json;charset=UTF-8")).isTrue();
		assertThat(types.contain("text/htmlx")).isFalse();
		assertThat(types.contain("application/problem+json")).isFalse();
		assertThat(types.contain("")).isFalse();
		assertThat(types.contain(null)).isFalse();
	}

	@Test
	void wildcardsStandForWhatIsNotCompressedYet() {
		MediaTypes types = new MediaTypes(List.of("text/*", "application/*+json", "image/*"));
		assertThat(types.contain("text/csv")).isTrue();
		assertThat(types.contain("application/problem+json")).isTrue();
		assertThat(types.contain("application/json")).isFalse();
		assertThat(types.contain("image/svg+xml")).isTrue();
		assertThat(types.contain("image/png")).isFalse();
		assertThat(types.contain("text/event-stream")).isFalse();
		assertThat(new MediaTypes(List.of("*/*")).contain("application/zip")).isFalse();
		assertThat(new MediaTypes(List.of("*/*")).contain("application/octet-stream")).isTrue();
	}

	@Test
	void whoNamesATypeMeansIt() {
		MediaTypes types = new MediaTypes(List.of("text/event-stream", "image/png"));
		assertThat(types.contain("text/event-stream;charset=UTF-8")).isTrue();
		assertThat(types.contain("image/png")).isTrue();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "text", "text/", "/html", "text/html;charset=UTF-8", "*/html", "te xt/html", "text/h*" })
	void whatIsNoTypeIsRefused(String type) {
		assertThatIllegalArgumentException().isThrownBy(() -> new MediaTypes(List.of(type))).withMessage(type);
	}

}
