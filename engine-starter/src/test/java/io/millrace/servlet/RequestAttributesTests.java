package io.millrace.servlet;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link RequestAttributes}.
 */
class RequestAttributesTests {

	@Test
	void behavesAsAMapWhateverHappensToIt() {
		Random random = new Random(42);
		for (int round = 0; round < 200; round++) {
			RequestAttributes attributes = new RequestAttributes();
			Map<String, Object> map = new HashMap<>();
			int names = 1 + random.nextInt(100);
			for (int step = 0; step < 500; step++) {
				String name = "org.example.attribute." + random.nextInt(names);
				if (random.nextInt(3) == 0) {
					assertThat(attributes.remove(name)).isEqualTo(map.remove(name));
				}
				else {
					assertThat(attributes.put(name, step)).isEqualTo(map.put(name, step));
				}
				String other = "org.example.attribute." + random.nextInt(names);
				assertThat(attributes.get(other)).isEqualTo(map.get(other));
			}
			assertThat(attributes.names()).containsExactlyInAnyOrderElementsOf(map.keySet());
			map.forEach((name, value) -> assertThat(attributes.get(new String(name))).isEqualTo(value));
		}
	}

	@Test
	void namesWithTheSameHashStayApart() {
		RequestAttributes attributes = new RequestAttributes();
		attributes.put("AaAa", 1);
		attributes.put("BBBB", 2);
		attributes.put("AaBB", 3);
		assertThat(attributes.remove("AaAa")).isEqualTo(1);
		assertThat(attributes.get("BBBB")).isEqualTo(2);
		assertThat(attributes.get("AaBB")).isEqualTo(3);
		assertThat(attributes.get("AaAa")).isNull();
	}

}
