//! The refusals of serializers that take no value with parts.

/// Makes the methods of a serializer, with this `Ok` and `Error`, that refuse values with parts.
macro_rules! refuse_parts {
    ($ok:ty, $error:ty, $self:ident => $refusal:expr) => {
        fn serialize_struct(
            $self,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStruct, $error> {
            Err($refusal)
        }

        $crate::json::by_serde::refuse::refuse_most_parts!($ok, $error, $self => $refusal);
    };
}

/// As `refuse_parts`, but for structs.
macro_rules! refuse_most_parts {
    ($ok:ty, $error:ty, $self:ident => $refusal:expr) => {
        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            $self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<$ok, $error> {
            Err($refusal)
        }

        fn serialize_seq($self, _: Option<usize>) -> Result<Self::SerializeSeq, $error> {
            Err($refusal)
        }

        fn serialize_tuple($self, _: usize) -> Result<Self::SerializeTuple, $error> {
            Err($refusal)
        }

        fn serialize_tuple_struct(
            $self,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleStruct, $error> {
            Err($refusal)
        }

        fn serialize_tuple_variant(
            $self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, $error> {
            Err($refusal)
        }

        fn serialize_map($self, _: Option<usize>) -> Result<Self::SerializeMap, $error> {
            Err($refusal)
        }

        fn serialize_struct_variant(
            $self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, $error> {
            Err($refusal)
        }
    };
}

pub(in crate::json) use {refuse_most_parts, refuse_parts};
