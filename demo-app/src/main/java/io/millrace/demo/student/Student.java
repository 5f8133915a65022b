package io.millrace.demo.student;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.Id;

/**
 * A registered student.
 *
 * @param id {@code null} until stored
 * @param email in lower case, unique
 */
public record Student(@Id @Nullable Long id, String name, String email, Instant registeredAt) {

}
